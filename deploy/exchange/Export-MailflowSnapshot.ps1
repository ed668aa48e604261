<#
.SYNOPSIS
Writes what an Exchange server knows of its mail flow into a folder that Mailflow reads.

.DESCRIPTION
Run each minute by a scheduled task (Install-MailflowExport.ps1). Each run writes the queues and, a bounded number of, their messages, and the new Windows
events of transport; every SlowMinutes also connectors, certificates, settings and back pressure. Each file is written under a name for the time being in the same
folder and then renamed, so that nobody reads half of it. Files older than KeepHours are deleted.

It only reads from Exchange. Rights needed: membership in View-Only Organization Management (the role group), and read access to the Application event log
(the local group Event Log Readers, which SYSTEM does not need). It runs in Windows PowerShell 5.1.

Exit code 0: all was written. 1: some could not be; the reasons stand in mailflow-export.err in the folder, which is written anew each run.

.PARAMETER Folder
Where the files go. Mailflow must be able to read it: a folder of its own, set as Logs:N:Folder.

.PARAMETER MaxMessages
Messages of queues that are listed at the most.

.PARAMETER MaxEvents
Windows events of one run at the most; what is left comes with the next run.

.PARAMETER SlowMinutes
How often connectors, certificates, settings and back pressure are written.

.PARAMETER KeepHours
How long files are kept. Mailflow needs them once.

.PARAMETER Server
The server that is asked; default: this one.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [string] $Folder,

    [ValidateRange(0, 100000)]
    [int] $MaxMessages = 1000,

    [ValidateRange(1, 100000)]
    [int] $MaxEvents = 5000,

    [ValidateRange(1, 1440)]
    [int] $SlowMinutes = 15,

    [ValidateRange(1, 720)]
    [int] $KeepHours = 2,

    [string] $Server = $env:COMPUTERNAME
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$providers = @('MSExchangeTransport', 'MSExchangeTransportSubmission', 'MSExchangeTransportDelivery', 'MSExchangeFrontEndTransport')
$stamp = [DateTime]::UtcNow.ToString('yyyyMMddTHHmmssfffZ')
$faults = [System.Collections.Generic.List[string]]::new()

# If one part fails, the others are still written.
function Invoke-Part {
    param([string] $Name, [scriptblock] $Part)
    try {
        & $Part
    }
    catch {
        $faults.Add($Name + ': ' + $_.Exception.Message)
    }
}

function Get-ExportPath {
    param([string] $Name, [string] $Extension)
    return [System.IO.Path]::Combine($Folder, $Server + '.' + $Name + '.' + $stamp + $Extension)
}

# First under a temporary name; a rename within one folder is atomic.
function Save-Objects {
    param([string] $Name, [object[]] $Objects)
    if ($Objects.Count -eq 0) {
        return
    }
    $path = Get-ExportPath -Name $Name -Extension '.clixml'
    $unfinished = $path + '.tmp'
    $Objects | Export-Clixml -LiteralPath $unfinished -Depth 2 -Encoding UTF8
    [System.IO.File]::Move($unfinished, $path)
}

# The number of the last event that was written, or 0.
function Get-LastRecord {
    $path = [System.IO.Path]::Combine($Folder, $Server + '.last-event')
    $last = [long] 0
    if ([System.IO.File]::Exists($path)) {
        [void] [long]::TryParse([System.IO.File]::ReadAllText($path).Trim(), [ref] $last)
    }
    return $last
}

function Save-Events {
    $last = Get-LastRecord
    $newest = Get-WinEvent -LogName 'Application' -MaxEvents 1
    # The log was cleared: its numbers start again.
    if ($newest -ne $null -and $newest.RecordId -lt $last) {
        $last = [long] 0
    }
    $names = [System.Collections.Generic.List[string]]::new()
    foreach ($provider in $providers) {
        $names.Add("@Name='" + $provider + "'")
    }
    $query = '*[System[Provider[' + [string]::Join(' or ', $names.ToArray()) + '] and (EventRecordID > ' + $last + ')]]'
    try {
        $events = @(Get-WinEvent -LogName 'Application' -FilterXPath $query -MaxEvents $MaxEvents -Oldest)
    }
    catch {
        # Finding no event is not a fault; the error id does not depend on the language.
        if ($_.FullyQualifiedErrorId -like 'NoMatchingEventsFound*') {
            return
        }
        throw
    }
    if ($events.Count -eq 0) {
        return
    }
    $path = Get-ExportPath -Name 'events' -Extension '.xml'
    $unfinished = $path + '.tmp'
    $writer = [System.IO.StreamWriter]::new($unfinished, $false, [System.Text.UTF8Encoding]::new($false))
    try {
        $writer.WriteLine('<Events>')
        foreach ($found in $events) {
            $writer.WriteLine($found.ToXml())
        }
        $writer.WriteLine('</Events>')
    }
    finally {
        $writer.Dispose()
    }
    [System.IO.File]::Move($unfinished, $path)
    # Only now: a run that is interrupted before writes them again, and Mailflow counts each event once.
    [System.IO.File]::WriteAllText([System.IO.Path]::Combine($Folder, $Server + '.last-event'), [string] $events[$events.Count - 1].RecordId)
}

# Slow exports are due if the newest of them is old enough.
function Test-SlowDue {
    $newest = [DateTime]::MinValue
    foreach ($file in [System.IO.Directory]::GetFiles($Folder, $Server + '.send-connectors.*.clixml')) {
        $written = [System.IO.File]::GetLastWriteTimeUtc($file)
        if ($written -gt $newest) {
            $newest = $written
        }
    }
    # One minute less, otherwise a run that is a second early would skip its turn.
    return ([DateTime]::UtcNow - $newest).TotalMinutes -gt ($SlowMinutes - 1)
}

function Remove-Old {
    $before = [DateTime]::UtcNow.AddHours(-$KeepHours)
    foreach ($pattern in @('.*.clixml', '.*.xml', '.*.tmp')) {
        foreach ($file in [System.IO.Directory]::GetFiles($Folder, $Server + $pattern)) {
            if ([System.IO.File]::GetLastWriteTimeUtc($file) -lt $before) {
                [System.IO.File]::Delete($file)
            }
        }
    }
}

[void] [System.IO.Directory]::CreateDirectory($Folder)

# In the Exchange Management Shell the commands are there; elsewhere they are loaded on the server itself.
if ($null -eq (Get-Command -Name 'Get-Queue' -ErrorAction SilentlyContinue)) {
    Add-PSSnapin -Name 'Microsoft.Exchange.Management.PowerShell.SnapIn'
}

Invoke-Part -Name 'queues' -Part { Save-Objects -Name 'queues' -Objects @(Get-Queue -Server $Server -ResultSize Unlimited) }
if ($MaxMessages -gt 0) {
    # Oldest first: the metric is the age of the oldest.
    Invoke-Part -Name 'messages' -Part { Save-Objects -Name 'messages' -Objects @(Get-Message -Server $Server -ResultSize $MaxMessages -SortOrder '+DateReceived') }
}
Invoke-Part -Name 'events' -Part { Save-Events }
if (Test-SlowDue) {
    Invoke-Part -Name 'receive-connectors' -Part { Save-Objects -Name 'receive-connectors' -Objects @(Get-ReceiveConnector -Server $Server) }
    Invoke-Part -Name 'certificates' -Part {
        # Only the properties that are needed, without the certificate itself.
        $certificates = [System.Collections.Generic.List[object]]::new()
        foreach ($certificate in @(Get-ExchangeCertificate -Server $Server)) {
            $certificates.Add([pscustomobject] @{
                Thumbprint     = $certificate.Thumbprint
                Subject        = $certificate.Subject
                Services       = [string] $certificate.Services
                NotBefore      = $certificate.NotBefore
                NotAfter       = $certificate.NotAfter
                Status         = [string] $certificate.Status
                IsSelfSigned   = $certificate.IsSelfSigned
                PSComputerName = $Server
            })
        }
        Save-Objects -Name 'certificates' -Objects $certificates.ToArray()
    }
    Invoke-Part -Name 'transport-config' -Part { Save-Objects -Name 'transport-config' -Objects @(Get-TransportConfig) }
    Invoke-Part -Name 'transport-service' -Part { Save-Objects -Name 'transport-service' -Objects @(Get-TransportService -Identity $Server) }
    Invoke-Part -Name 'back-pressure' -Part { Save-Objects -Name 'back-pressure' -Objects @(Get-ExchangeDiagnosticInfo -Server $Server -Process 'EdgeTransport' -Component 'ResourceThrottling') }
    # Last, because the time of the next run depends on it.
    Invoke-Part -Name 'send-connectors' -Part { Save-Objects -Name 'send-connectors' -Objects @(Get-SendConnector) }
}
Invoke-Part -Name 'retention' -Part { Remove-Old }

$report = [System.IO.Path]::Combine($Folder, 'mailflow-export.err')
if ($faults.Count -gt 0) {
    [System.IO.File]::WriteAllLines($report, $faults.ToArray())
    exit 1
}
[System.IO.File]::Delete($report)
exit 0
