; The installer of LyncDesk for Windows; README.md beside it is the way in.
;
;   ISCC.exe lyncdesk.iss /DBundle=PATH         the folder that the bundle's specification makes on Windows
;   ISCC.exe lyncdesk.iss /DArch=arm64 ...      where that was made with a Python for ARM
;   ISCC.exe lyncdesk.iss /DSign "/Slyncdesk=signtool.exe sign /fd sha256 /tr http://HOST /td sha256 /a $f" ...
;
; It is read as UTF-8 for the mark at its beginning. product.iss, which "make package" writes, holds what the
; program says of itself.
#include "product.iss"

#ifndef Bundle
  #define Bundle "..\lyncdesk"
#endif
#ifndef Arch
  #define Arch "x64"
#endif
#ifndef Folder
  #define Folder "{autopf}\" + Name
#endif
#define Architectures Arch == "arm64" ? "arm64" : "x64compatible"
#define MachinePath "SYSTEM\CurrentControlSet\Control\Session Manager\Environment"

[Setup]
; Never changed: it is how an installation is found again to be brought up to date.
AppId={{01B57657-0B82-45AD-A737-6E1A4153BEE1}
AppName={#Name}
AppVersion={#Version}
AppVerName={#Name} {#Version}
AppPublisher={#Publisher}
AppCopyright={#Copyright}
VersionInfoVersion={#VersionNumbers}
VersionInfoProductTextVersion={#Version}
OutputDir=.
OutputBaseFilename=LyncDesk-{#Version}-{#Arch}-setup
SetupIconFile=lyncdesk.ico
UninstallDisplayIcon={app}\lyncdesk-gui.exe
UninstallDisplayName={#Name}
; For one person without an administrator; /ALLUSERS, or the question at the start, for everybody.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=commandline dialog
DefaultDirName={#Folder}
DisableDirPage=auto
DisableProgramGroupPage=yes
DisableWelcomePage=no
ShowLanguageDialog=auto
WizardStyle=modern
; What Qt needs: Windows 10, version 1809.
MinVersion=10.0.17763
ArchitecturesAllowed={#Architectures}
ArchitecturesInstallIn64BitMode={#Architectures}
Compression=lzma2
SolidCompression=yes
; Who runs a client is asked in [Code] first; this ends what does not answer, and asks before.
CloseApplications=yes
CloseApplicationsFilter=*.exe,*.dll,*.pyd
RestartApplications=no
ChangesEnvironment=yes
SetupMutex=LyncDeskSetup,Global\LyncDeskSetup
SetupLogging=yes
UninstallLogging=yes
#ifdef Sign
SignTool=lyncdesk
SignedUninstaller=yes
#endif

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "de"; MessagesFile: "compiler:Languages\German.isl"

[Messages]
en.UninstalledAll=%1 was removed. What is each person’s own stays: settings, contacts and log files in %%LOCALAPPDATA%%\lyncdesk, and a stored password in the Credential Manager under “LyncDesk”. Whoever wants nothing to be left deletes these.
de.UninstalledAll=%1 wurde entfernt. Was jeder Person selbst gehört, bleibt: Einstellungen, Kontakte und Protokolle in %%LOCALAPPDATA%%\lyncdesk und ein gespeichertes Kennwort in der Anmeldeinformationsverwaltung unter „LyncDesk“. Wer nichts zurücklassen möchte, löscht dies.

[CustomMessages]
en.Autostart=&Start {#Name} when I log on to this computer, minimised
de.Autostart={#Name} &starten, wenn ich mich an diesem Computer anmelde, minimiert
en.CommandLine=Make the command “lyncdesk” known to &command prompts (PATH)
de.CommandLine=Den Befehl „lyncdesk“ in &Eingabeaufforderungen bekannt machen (PATH)
en.Comment=Your presence, taken from your Exchange calendar
de.Comment=Ihre Anwesenheit aus Ihrem Exchange-Kalender
en.StillRuns={#Name} is still running, perhaps for another person who is logged on, so it was not removed. Exit it from its icon in the notification area and try again.
de.StillRuns={#Name} läuft noch, vielleicht für eine andere angemeldete Person, und wurde daher nicht entfernt. Beenden Sie es über sein Symbol im Infobereich und versuchen Sie es noch einmal.

[Tasks]
Name: "autostart"; Description: "{cm:Autostart}"; Flags: unchecked
Name: "path"; Description: "{cm:CommandLine}"; Flags: unchecked

[InstallDelete]
; A library of the version before must not be found beside its successor.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Bundle}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs
Source: "lyncdesk.png"; DestDir: "{app}"; Flags: ignoreversion

[Icons]
; Windows shows a notice of the tray under the name of the shortcut whose identity the program has.
Name: "{autoprograms}\{#Name}"; Filename: "{app}\lyncdesk-gui.exe"; Comment: "{cm:Comment}"; AppUserModelID: "{#AppUserModelId}"

[Registry]
; The same identity for a notice's heading, which would be the program's file name and a discoloured icon.
Root: HKA; Subkey: "Software\Classes\AppUserModelId\{#AppUserModelId}"; ValueType: string; ValueName: "DisplayName"; ValueData: "{#Name}"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\AppUserModelId\{#AppUserModelId}"; ValueType: string; ValueName: "IconUri"; ValueData: "{app}\lyncdesk.png"
; What starts it for everybody asks first whether the person switched that off, who cannot change this value.
Root: HKCU; Subkey: "{#Run}"; ValueType: string; ValueName: "{#RunName}"; ValueData: """{app}\lyncdesk-gui.exe"" --minimised"; Tasks: autostart; Check: not IsAdminInstallMode
Root: HKLM; Subkey: "{#Run}"; ValueType: string; ValueName: "{#RunName}"; ValueData: """{app}\lyncdesk-gui.exe"" --minimised --at-log-on"; Tasks: autostart; Check: IsAdminInstallMode
; Gone afterwards, whoever set it: this installer, the person's options, the Task Manager.
Root: HKA; Subkey: "{#Run}"; ValueType: none; ValueName: "{#RunName}"; Flags: dontcreatekey uninsdeletevalue
Root: HKA; Subkey: "{#Approved}"; ValueType: none; ValueName: "{#RunName}"; Flags: dontcreatekey uninsdeletevalue

[Run]
Filename: "{app}\lyncdesk-gui.exe"; Description: "{cm:LaunchProgram,{#Name}}"; Flags: nowait postinstall skipifsilent runasoriginaluser; Check: not ItWasEnded
Filename: "{app}\lyncdesk-gui.exe"; Parameters: "--minimised"; Flags: nowait runasoriginaluser; Check: ItWasEnded

[Code]
const
  PATIENCE = 60; { times a quarter of a second for a client to end }

var
  WasEnded: Boolean;

{ The system itself, as which management installs, has no screen: a client that it starts is seen by nobody. }
function IsSystem: Boolean;
begin
  Result := Pos('\config\systemprofile\', Lowercase(ExpandConstant('{localappdata}\'))) > 0;
end;

function ItWasEnded: Boolean;
begin
  Result := WasEnded and not IsSystem;
end;

{ Windows lets nobody write into a program that runs. }
function Runs(const Name: String): Boolean;
var
  Stream: TFileStream;
begin
  Result := False;
  if FileExists(ExpandConstant('{app}\') + Name) then
    try
      Stream := TFileStream.Create(ExpandConstant('{app}\') + Name, fmOpenReadWrite or fmShareExclusive);
      Stream.Free;
    except
      Result := True;
    end;
end;

function AnyRuns: Boolean;
begin
  Result := Runs('lyncdesk-gui.exe') or Runs('lyncdesk.exe');
end;

function GoneInTime: Boolean;
var
  Times: Integer;
begin
  Times := 0;
  while AnyRuns and (Times < PATIENCE) do
  begin
    Sleep(250);
    Times := Times + 1;
  end;
  Result := not AnyRuns;
end;

function Wanted(const Switch: String): Boolean;
var
  I: Integer;
begin
  Result := False;
  for I := 1 to ParamCount do
    if CompareText(ParamStr(I), Switch) = 0 then
      Result := True;
end;

{ The client of the person at this seat ends as by its own menu. }
procedure AskToEnd(const Arguments: String);
var
  Status: Integer;
  Asked: Boolean;
begin
  if IsUninstaller then
    Asked := Exec(ExpandConstant('{app}\lyncdesk.exe'), Arguments, '', SW_HIDE, ewWaitUntilTerminated, Status)
  else
    Asked := ExecAsOriginalUser(ExpandConstant('{app}\lyncdesk.exe'), Arguments, '', SW_HIDE, ewWaitUntilTerminated, Status);
  if Asked then
    Log(Format('lyncdesk %s: exit status %d', [Arguments, Status]))
  else
    Log(Format('lyncdesk %s: %s', [Arguments, SysErrorMessage(Status)]));
end;

{ Those of everybody, wherever they are logged on. No settings are lost: they are written when they change. }
procedure EndAll;
var
  Status: Integer;
  Folder: String;
begin
  Folder := ExpandConstant('{app}\');
  StringChangeEx(Folder, '''', '''''', True);
  Exec(ExpandConstant('{sys}\WindowsPowerShell\v1.0\powershell.exe'),
    '-NoProfile -NonInteractive -Command "Get-Process lyncdesk, lyncdesk-gui -ErrorAction SilentlyContinue | ' +
    'Where-Object { $_.Path -and $_.Path.StartsWith(''' + Folder + ''', ''OrdinalIgnoreCase'') } | Stop-Process -Force"',
    '', SW_HIDE, ewWaitUntilTerminated, Status);
  Log(Format('ending every client: exit status %d', [Status]));
end;

function Ended: Boolean;
begin
  Result := not AnyRuns;
  if not Result then
  begin
    AskToEnd('quit');
    AskToEnd('quit --demo');
    Result := GoneInTime;
    if not Result and Wanted('/FORCECLOSEAPPLICATIONS') then
    begin
      EndAll;
      Result := GoneInTime;
    end;
  end;
end;

function PrepareToInstall(var NeedsRestart: Boolean): String;
begin
  Result := '';
  if Runs('lyncdesk-gui.exe') then
    WasEnded := Ended
  else
    Ended;
end;

function InitializeUninstall: Boolean;
begin
  Result := Ended;
  if not Result then
    SuppressibleMsgBox(CustomMessage('StillRuns'), mbError, MB_OK, IDOK);
end;

procedure PathOf(var Root: Integer; var Key: String);
begin
  if IsAdminInstallMode then
  begin
    Root := HKEY_LOCAL_MACHINE;
    Key := '{#MachinePath}';
  end
  else
  begin
    Root := HKEY_CURRENT_USER;
    Key := 'Environment';
  end;
end;

{ PATH with our folder in it once, or not at all; whatever else is in it stays as it is. }
procedure SetPath(const Wanted: Boolean);
var
  Root: Integer;
  Key, Before, After, Part: String;
  Place: Integer;
begin
  PathOf(Root, Key);
  if not RegQueryStringValue(Root, Key, 'Path', Before) then
    Before := '';
  After := ';' + Before + ';';
  Part := ';' + ExpandConstant('{app}') + ';';
  Place := Pos(Lowercase(Part), Lowercase(After));
  while Place > 0 do
  begin
    Delete(After, Place, Length(Part) - 1);
    Place := Pos(Lowercase(Part), Lowercase(After));
  end;
  After := Copy(After, 2, Length(After) - 2);
  if Wanted then
  begin
    if (After <> '') and (After[Length(After)] <> ';') then
      After := After + ';';
    After := After + ExpandConstant('{app}');
  end;
  if After = Before then
    exit;
  if After = '' then
    RegDeleteValue(Root, Key, 'Path')
  else
    RegWriteExpandStringValue(Root, Key, 'Path', After);
end;

procedure CurStepChanged(CurStep: TSetupStep);
begin
  if CurStep = ssPostInstall then
    SetPath(WizardIsTaskSelected('path'));
end;

{ A person's word against the start for everybody, and what the options start of this program, not of another copy. }
procedure ForgetAutostart(const Root: Integer; const Person: String);
var
  Line: String;
begin
  RegDeleteValue(Root, Person + '{#Own}', '{#OwnName}');
  RegDeleteKeyIfEmpty(Root, Person + '{#Own}');
  if RegQueryStringValue(Root, Person + '{#Run}', '{#RunName}', Line) and
    (Pos(Lowercase(ExpandConstant('{app}\')), Lowercase(Line)) > 0) then
  begin
    RegDeleteValue(Root, Person + '{#Run}', '{#RunName}');
    RegDeleteValue(Root, Person + '{#Approved}', '{#RunName}');
  end;
end;

{ Of everybody who is logged on; the registry of the others is not at hand, and what is in it starts nothing. }
procedure ForgetAutostarts;
var
  People: TArrayOfString;
  I: Integer;
begin
  if RegGetSubkeyNames(HKEY_USERS, '', People) then
    for I := 0 to GetArrayLength(People) - 1 do
      ForgetAutostart(HKEY_USERS, People[I] + '\');
end;

procedure CurUninstallStepChanged(CurUninstallStep: TUninstallStep);
begin
  if CurUninstallStep = usPostUninstall then
  begin
    SetPath(False);
    if IsAdminInstallMode then
      ForgetAutostarts
    else
      ForgetAutostart(HKEY_CURRENT_USER, '');
  end;
end;
