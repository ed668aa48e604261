#!/bin/bash
# Package: Microsoft.PowerShell.SDK 7.6.9 (PowerShell 7.6, .NET 10). Needs the .NET 10 SDK.
# Expected: PowerShell knows the header of an Exchange log (#Software, #Version, #Log-type, #Date, #Fields) or does not know it.
#   The same lines give the same rows to Import-Csv and to ConvertFrom-Csv. Without the four lines that only describe the file,
#   the rest is easier to read.
# Happens: the header is known only where another line that begins with # comes before #Fields. Import-Csv of the whole file is right.
#   The same lines piped from Get-Content to ConvertFrom-Csv, and the file without its first four lines, lose the header AND the first
#   message: its values become the names of the columns. There is no error, and the filter on event-id finds nothing. In files that
#   were put together, the second header gives five rows that are no messages. With -Header, four of the five header lines are rows.
# For users: usual ways to count the failures of one log give 3, 0 or a wrong number of rows. Mailflow reads each of these files right.
# Source: measured.
set -u
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir" || exit 1
cat > t.csproj <<'P'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="Microsoft.PowerShell.SDK" Version="[7.6.9]" /></ItemGroup>
</Project>
P
cat > Program.cs <<'P'
using System.Management.Automation;
using var shell = PowerShell.Create();
foreach (var line in shell.AddScript(File.ReadAllText(args[0])).Invoke())
    Console.WriteLine(line);
foreach (var error in shell.Streams.Error)
    Console.WriteLine("error: " + error);
foreach (var warning in shell.Streams.Warning)
    Console.WriteLine("warning: " + warning);
P
cat > one.log <<'L'
#Software: Microsoft Exchange Server
#Version: 15.02.1748.010
#Log-type: Message Tracking Log
#Date: 2026-11-28T10:00:00.000Z
#Fields: date-time,event-id,recipient-status
2026-11-28T10:00:01.000Z,FAIL,550 5.1.1 first
2026-11-28T10:00:02.000Z,FAIL,550 5.1.1 second
2026-11-28T10:00:03.000Z,FAIL,550 5.1.1 third
L
tail -n +5 one.log > fields.log
cat one.log one.log > two.log
cat > steps.ps1 <<'S1'
function show($what, $rows) {
  $rows = @($rows)
  "${what}: $($rows.Count) rows, column 1 '$(@($rows[0].psobject.Properties)[0].Name)', failures $(@($rows | Where-Object 'event-id' -eq FAIL).Count)"
}
show 'the whole file' (Import-Csv one.log)
show 'the whole file, as lines' (Get-Content one.log | ConvertFrom-Csv)
show 'the whole file, as one text' (Get-Content one.log -Raw | ConvertFrom-Csv)
show 'from #Fields on' (Import-Csv fields.log)
show 'from #Fields on, without #Fields: ' ((Get-Content fields.log) -replace '^#Fields: ' | ConvertFrom-Csv)
show 'twice in one file' (Import-Csv two.log)
show 'twice in one file, as lines' (Get-Content two.log | ConvertFrom-Csv)
show 'with -Header' (Import-Csv one.log -Header date-time, event-id, recipient-status)
S1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet run -c Release steps.ps1 > out.txt 2> err.txt || { cat out.txt err.txt; exit 1; }
cat out.txt
cat > expected.txt <<'P'
the whole file: 3 rows, column 1 'date-time', failures 3
the whole file, as lines: 2 rows, column 1 '2026-11-28T10:00:01.000Z', failures 0
the whole file, as one text: 3 rows, column 1 'date-time', failures 3
from #Fields on: 2 rows, column 1 '2026-11-28T10:00:01.000Z', failures 0
from #Fields on, without #Fields: : 3 rows, column 1 'date-time', failures 3
twice in one file: 11 rows, column 1 'date-time', failures 6
twice in one file, as lines: 5 rows, column 1 '2026-11-28T10:00:01.000Z', failures 0
with -Header: 7 rows, column 1 'date-time', failures 3
P
diff out.txt expected.txt
