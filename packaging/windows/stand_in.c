/* Stands in for both programs of the bundle where the installer is tried without Windows (make wine).

   Without an argument it runs until it is asked to end, as the client; "quit" asks it, as the command; "deaf" runs and
   does not listen. Each start is noted in C:\started.txt, a line with its arguments. */
#include <stdio.h>
#include <string.h>
#include <windows.h>

#define EVENT "LyncDeskStandIn"

int WINAPI WinMain(HINSTANCE instance, HINSTANCE before, LPSTR line, int show)
{
    HANDLE end;
    FILE *noted = fopen("C:\\started.txt", "a");

    (void)instance, (void)before, (void)show;
    if (noted) {
        fprintf(noted, "%s\n", line);
        fclose(noted);
    }
    if (strncmp(line, "quit", 4) == 0) {
        end = strcmp(line, "quit") == 0 ? OpenEventA(EVENT_MODIFY_STATE, FALSE, EVENT) : NULL;
        if (!end)
            return 3;
        SetEvent(end);
        return 0;
    }
    if (strcmp(line, "deaf") == 0) {
        Sleep(120000);
        return 0;
    }
    end = CreateEventA(NULL, TRUE, FALSE, EVENT);
    WaitForSingleObject(end, 120000);
    Sleep(700); /* a client ends within a second or two */
    return 0;
}
