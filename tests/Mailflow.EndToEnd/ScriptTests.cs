using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Text.Json;
using Mailflow.Tests;

namespace Mailflow.EndToEnd;

/// <summary>
/// The scripts for an Exchange server, parsed and run by the real PowerShell engine. The commands of Exchange and Windows are replaced by
/// fakes, so these tests do not prove that the scripts call the real commands correctly; the CLIXML is written by the real serializer.
/// </summary>
public sealed class ScriptTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-script-").FullName;

    /// <summary>Fakes of the commands that the export script calls; calls are recorded in $global:calls.</summary>
    const string Server = """
        $global:calls = [System.Collections.Generic.List[string]]::new()
        function Get-Queue {
            $global:calls.Add('Get-Queue')
            foreach ($n in 1..3) {
                [pscustomobject] @{
                    Identity = "EX01\$n"; DeliveryType = 'DnsConnectorDelivery'; NextHopDomain = "d$n.example"
                    Status = 'Retry'; MessageCount = $n * 10; LastError = '451 4.4.0 DNS query failed'
                }
            }
        }
        function Get-Message {
            foreach ($n in 1..2) {
                [pscustomobject] @{
                    Identity = "EX01\1\$n"; Queue = 'EX01\1'; FromAddress = 'a@contoso.test'; DateReceived = [DateTime]::UtcNow.AddHours(-$n)
                }
            }
        }
        function Get-SendConnector {
            $global:calls.Add('Get-SendConnector')
            [pscustomobject] @{
                Name = 'Internet Send'; Identity = 'Internet Send'; AddressSpaces = @('SMTP:*;1'); SmartHosts = @(); Enabled = $true
                MaxMessageSize = '35 MB (36,700,160 bytes)'
            }
        }
        function Get-ReceiveConnector {
            [pscustomobject] @{
                Name = 'Default EX01'; Identity = 'EX01\Default EX01'; Bindings = @('0.0.0.0:25')
                RemoteIPRanges = @('0.0.0.0-255.255.255.255'); Enabled = $true; MaxMessageSize = 'Unlimited'
            }
        }
        function Get-ExchangeCertificate {
            [pscustomobject] @{
                Thumbprint = 'ABCDEF0123456789ABCDEF0123456789ABCDEF01'; Subject = 'CN=mail.contoso.test'; Services = 'IIS, SMTP'
                NotBefore = [DateTime]::UtcNow; NotAfter = [DateTime]::UtcNow.AddDays(90); Status = 'Valid'; IsSelfSigned = $false
            }
        }
        function Get-TransportConfig { throw 'The directory does not answer.' }
        function Get-TransportService {
            [pscustomobject] @{
                Name = 'EX01'; ExternalDNSServers = @('192.0.2.53'); InternalDNSServers = @(); MessageExpirationTimeout = '2.00:00:00'
            }
        }
        function Get-ExchangeDiagnosticInfo {
            [pscustomobject] @{
                Result = '<Diagnostics><ProcessInfo><serverName>EX01</serverName></ProcessInfo><Components><ResourceThrottling>' +
                    '<ResourceTracker><AggregateUse>Low</AggregateUse></ResourceTracker></ResourceThrottling></Components></Diagnostics>'
            }
        }
        function Get-WinEvent {
            param($LogName, $FilterXPath, $MaxEvents, [switch] $Oldest)
            $all = foreach ($n in 1..5) { $one = [pscustomobject] @{ RecordId = [long] $n }; Add-ToXml $one $n; $one }
            if ($FilterXPath) {
                $global:calls.Add($FilterXPath)
                $after = [long] ([regex]::Match($FilterXPath, 'EventRecordID > (\d+)').Groups[1].Value)
                $found = @($all | Where-Object { $_.RecordId -gt $after })
                if ($found.Count -eq 0) {
                    $id = 'NoMatchingEventsFound,Microsoft.PowerShell.Commands.GetWinEventCommand'
                    $reason = [Exception]::new('Es wurden keine Ereignisse gefunden')
                    throw [System.Management.Automation.ErrorRecord]::new($reason, $id, 'ObjectNotFound', $null)
                }
                return $found
            }
            $all[4]
        }
        function Add-ToXml($one, $n) {
            $xml = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>" +
                "<Provider Name='MSExchangeTransport'/><EventID Qualifiers='16388'>2004</EventID><Level>4</Level>" +
                "<TimeCreated SystemTime='2026-03-04T10:00:0$n.000Z'/><EventRecordID>$n</EventRecordID>" +
                "<Channel>Application</Channel><Computer>EX01.contoso.test</Computer></System>" +
                "<EventData><Data>Internet Send</Data><Data>&lt;m$n@contoso.test&gt;</Data><Data>550 5.1.1 User unknown</Data></EventData></Event>"
            $one.PSObject.Members.Add([System.Management.Automation.PSScriptMethod]::new('ToXml', [scriptblock]::Create("return @'`n" + $xml + "`n'@")))
        }
        function Export-Clixml {
            param([Parameter(ValueFromPipeline = $true)] $InputObject, $LiteralPath, $Depth, $Encoding)
            begin { $parts = [System.Collections.Generic.List[string]]::new() }
            process { $parts.Add(([System.Management.Automation.PSSerializer]::Serialize($InputObject, $Depth) -replace '(?s)^<Objs[^>]*>|</Objs>\s*$', '')) }
            end {
                $root = '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
                [System.IO.File]::WriteAllText($LiteralPath, $root + [string]::Concat($parts) + '</Objs>')
            }
        }
        """;

    /// <summary>Fakes of the commands that the installer calls: the bare engine has none.</summary>
    const string Windows = """
        $global:calls = [System.Collections.Generic.List[string]]::new()
        function Join-Path { param($Path, $ChildPath) [System.IO.Path]::Combine([string] $Path, $ChildPath) }
        function Test-Path { param($LiteralPath, $PathType) [System.IO.Path]::Exists($LiteralPath) }
        function New-Item { param($ItemType, $Path, [switch] $Force) [System.IO.Directory]::CreateDirectory($Path) }
        function ConvertTo-Json {
            param([Parameter(ValueFromPipeline = $true)] $InputObject, $Depth)
            if ($InputObject -is [hashtable]) {
                $members = $InputObject.Keys | ForEach-Object { '"' + $_ + '":' + (ConvertTo-Json -InputObject $InputObject[$_]) }
                '{' + ($members -join ',') + '}'
            }
            elseif ($InputObject -is [array]) { '[' + (($InputObject | ForEach-Object { ConvertTo-Json -InputObject $_ }) -join ',') + ']' }
            else { '"' + ([string] $InputObject -replace '[\\"]', '\$0') + '"' }
        }
        function Set-Content {
            param([Parameter(ValueFromPipeline = $true)] $Value, $LiteralPath, $Encoding)
            [System.IO.File]::WriteAllText($LiteralPath, $Value, [System.Text.UTF8Encoding]::new($true))
        }
        function Write-Output { param($InputObject) }
        function Write-Warning { param($Message) $global:calls.Add("warning: $Message") }
        function Get-Service { }
        function New-Service { param($Name, $BinaryPathName, $DisplayName, $Description, $StartupType) $global:calls.Add("New-Service $Name $BinaryPathName") }
        function Start-Service { param($Name) $global:calls.Add("Start-Service $Name") }
        function sc.exe { $global:calls.Add("sc.exe $args"); $global:LASTEXITCODE = 0 }
        function icacls.exe { $global:calls.Add("icacls.exe $args"); $global:LASTEXITCODE = 0 }
        """;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("exchange/Export-MailflowSnapshot.ps1")]
    [InlineData("exchange/Install-MailflowExport.ps1")]
    [InlineData("windows/Install-Mailflow.ps1")]
    public void PowerShell_scripts_parse_without_errors_or_aliases(string name)
    {
        var script = Parser.ParseFile(Repository.PathOf("deploy/" + name), out _, out var errors);
        Assert.Empty(errors.Select(e => $"{e.Extent.StartLineNumber}: {e.Message}"));
        var commands = script.FindAll(a => a is CommandAst, searchNestedScriptBlocks: true)
            .Cast<CommandAst>()
            .Select(c => c.GetCommandName())
            .OfType<string>()
            .Distinct(StringComparer.OrdinalIgnoreCase);
        Assert.All(commands, c => Assert.Matches("^[A-Z][A-Za-z]+-[A-Z][A-Za-z]+$", c));
        Assert.NotNull(script.GetHelpContent()?.Synopsis);
    }

    [Fact]
    public async Task Output_of_the_export_script_is_read_by_scan()
    {
        Assert.Equal(1, RunScript(out var calls));
        Assert.Contains(
            "Provider[@Name='MSExchangeTransport' or ",
            calls.Single(c => c.Contains("EventRecordID > 0", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        Assert.Contains(
            "The directory does not answer.",
            await File.ReadAllTextAsync(Path.Combine(_folder, "mailflow-export.err"), Cancel),
            StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder, "*.tmp"));
        using var program = new RunningProgram("scan", _folder, "--format", "json");
        Assert.Equal(1, await program.ExitAsync(Cancel));
        var scan = JsonDocument.Parse(program.Output).RootElement;
        Assert.Empty(scan.GetProperty("left_alone").EnumerateArray());
        Assert.Empty(scan.GetProperty("export_problems").EnumerateObject());
        Assert.Equal(5, scan.GetProperty("windows_events").GetProperty("MSExchangeTransport|2004").GetInt64());
        Assert.Equal(5, scan.GetProperty("failures").GetProperty("invalid-recipient").GetInt64());
        var snapshots = scan.GetProperty("snapshots").EnumerateArray().ToDictionary(s => s.GetProperty("kind").GetString()!, StringComparer.Ordinal);
        Assert.Equal(
            ["back-pressure", "certificates", "messages", "queues", "receive-connectors", "send-connectors", "transport-service"],
            snapshots.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(60, snapshots["queues"].GetProperty("messages").GetInt64());
        Assert.Equal("EX01", snapshots["certificates"].GetProperty("server").GetString());
        Assert.Equal("192.0.2.53", snapshots["transport-service"].GetProperty("ExternalDNSServers").GetString());
    }

    [Fact]
    public void Second_export_writes_only_new_events_and_skips_slow_queries()
    {
        RunScript(out _);
        var files = Directory.GetFiles(_folder).Length;
        var old = Directory.GetFiles(_folder, "*.queues.*").Single();
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-3));
        Assert.Equal(0, RunScript(out var calls));
        Assert.Contains(calls, c => c.Contains("EventRecordID > 5", StringComparison.Ordinal));
        Assert.DoesNotContain("Get-SendConnector", calls);
        Assert.False(File.Exists(old));
        Assert.Single(Directory.GetFiles(_folder, "*.queues.*"));
        Assert.Single(Directory.GetFiles(_folder, "*.events.*"));
        // Added: queues and messages. Deleted: the old queues, and the error report.
        Assert.Equal(files, Directory.GetFiles(_folder).Length);
    }

    /// <summary>The Windows commands are fakes; the program that checks the settings is the real one.</summary>
    [Fact]
    public void Installer_writes_valid_settings()
    {
        var (program, state) = (Path.Combine(_folder, "mailflow"), Path.Combine(_folder, "state"));
        File.WriteAllText(program, $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "mailflow.dll")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var shell = PowerShell.Create(InitialSessionState.CreateDefault2());
        shell.AddScript(Windows)
            .AddStatement()
            .AddScript($"& '{Repository.PathOf("deploy/windows/Install-Mailflow.ps1")}' -Program '{program}' -State '{state}' -Logs '{_folder}'")
            .AddStatement()
            .AddScript("$global:calls");
        var said = shell.Invoke().Select(o => (string)o.BaseObject).ToList();
        Assert.Empty(shell.Streams.Error.Select(e => e.ToString()));
        var settings = Path.Combine(state, "appsettings.json");
        using var written = JsonDocument.Parse(File.ReadAllText(settings));
        Assert.Equal(_folder, Assert.Single(written.RootElement.GetProperty("Logs").EnumerateArray()).GetProperty("Folder").GetString());
        Assert.Contains($"New-Service Mailflow \"{program}\" run --config \"{settings}\"", said);
        Assert.Contains($"icacls.exe {_folder} /grant NT SERVICE\\Mailflow:(OI)(CI)RX", said);
        Assert.Equal("Start-Service Mailflow", said[^1]);
    }

    int RunScript(out List<string> calls)
    {
        using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        shell.AddScript(Server)
            .AddStatement()
            .AddScript($"& '{Repository.PathOf("deploy/exchange/Export-MailflowSnapshot.ps1")}' -Folder '{_folder}' -Server 'EX01'; $global:LASTEXITCODE")
            .AddStatement();
        shell.AddScript("$global:calls");
        var said = shell.Invoke().Select(o => o.BaseObject).ToList();
        Assert.Empty(shell.Streams.Error.Select(e => e.ToString()));
        calls = [.. said.OfType<string>()];
        return said.OfType<int>().Single();
    }
}
