/* Stands in for both programs of the bundle where the installer is tried without Windows (make wine).

   Without an argument it runs until it is asked to end, as the client; "quit" asks it, as the command. "deaf" runs and
   hears nothing but "end". Each start is noted in C:\started.txt, a line with its arguments. */
#include <stdio.h>
#include <string.h>
#include <windows.h>

#define CLIENT "LyncDeskStandIn"
#define DEAF "LyncDeskStandInDeaf"

static int ask(const char *name)
{
    HANDLE end = OpenEventA(EVENT_MODIFY_STATE, FALSE, name);

    return end && SetEvent(end) ? 0 : 3;
}

int WINAPI WinMain(HINSTANCE instance, HINSTANCE before, LPSTR line, int show)
{
    HANDLE end;
    FILE *noted = fopen("C:\\started.txt", "a");

    (void)instance, (void)before, (void)show;
    if (noted) {
        fprintf(noted, "%s\n", line);
        fclose(noted);
    }
    if (strncmp(line, "quit", 4) == 0)
        return strcmp(line, "quit") == 0 ? ask(CLIENT) : 3;
    if (strcmp(line, "end") == 0)
        return ask(DEAF);
    end = CreateEventA(NULL, TRUE, FALSE, strcmp(line, "deaf") == 0 ? DEAF : CLIENT);
    WaitForSingleObject(end, 120000);
    Sleep(700); /* a client ends within a second or two */
    return 0;
}
