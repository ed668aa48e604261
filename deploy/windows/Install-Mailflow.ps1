<#
.SYNOPSIS
Installs Mailflow as a Windows service, or removes it with -Remove.

.DESCRIPTION
Run as an administrator, from the folder that holds mailflow.exe; dotnet publish -r win-x64 puts this script beside it. The folder must stay, and
users must be able to read it: C:\Program Files\Mailflow. The service runs as its own virtual account, NT SERVICE\Mailflow, which gets
read access to the folders of logs and full access to its state folder, and nothing else. It listens on loopback alone; -OpenPortTo lets one
address in through the firewall, and then Web:Listen must name an address that can be reached.

.EXAMPLE
.\Install-Mailflow.ps1 -Logs 'C:\Program Files\Microsoft\Exchange Server\V15\TransportRoles\Logs\MessageTracking'
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [string[]] $Logs = @(),
    [string] $Program = (Join-Path -Path $PSScriptRoot -ChildPath 'mailflow.exe'),
    [string] $State = (Join-Path -Path $env:ProgramData -ChildPath 'Mailflow'),
    [string] $OpenPortTo = '',
    [int] $Port = 9464,
    [switch] $Remove
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$name = 'Mailflow'
$account = 'NT SERVICE\Mailflow'

function Invoke-Checked {
    param([string] $Command, [string[]] $Arguments)
    & $Command @Arguments | Out-Null
    if ($LASTEXITCODE -ne 0) {
        throw "$Command $($Arguments -join ' ') ended with $LASTEXITCODE."
    }
}

$existing = Get-Service -Name $name -ErrorAction SilentlyContinue
if ($Remove) {
    if ($null -ne $existing) {
        if ($existing.Status -ne 'Stopped') {
            Stop-Service -Name $name
        }
        Invoke-Checked -Command 'sc.exe' -Arguments @('delete', $name)
    }
    Get-NetFirewallRule -Name $name -ErrorAction SilentlyContinue | Remove-NetFirewallRule
    Write-Output "Removed. The state stays in $State."
    return
}

if (-not (Test-Path -LiteralPath $Program -PathType Leaf)) {
    throw "$Program does not exist: put this script beside mailflow.exe, or name it with -Program."
}
if ($Logs.Count -eq 0) {
    throw 'Name at least one folder of logs with -Logs.'
}
foreach ($folder in $Logs) {
    if (-not (Test-Path -LiteralPath $folder -PathType Container)) {
        Write-Warning "$folder does not exist yet."
    }
}

New-Item -ItemType Directory -Path $State -Force | Out-Null
$settings = Join-Path -Path $State -ChildPath 'appsettings.json'
if (-not (Test-Path -LiteralPath $settings)) {
    $content = @{
        State = @{ Folder = $State }
        Web   = @{ Listen = "http://127.0.0.1:$Port" }
        Logs  = @($Logs | ForEach-Object { @{ Folder = $_ } })
    }
    $content | ConvertTo-Json -Depth 5 | Set-Content -LiteralPath $settings -Encoding UTF8
}
Invoke-Checked -Command $Program -Arguments @('run', '--config', $settings, '--check')

if ($null -eq $existing) {
    New-Service -Name $name -BinaryPathName "`"$Program`" run --config `"$settings`"" -DisplayName 'Mailflow' -Description 'Tells why Exchange mail is not delivered.' -StartupType Automatic | Out-Null
}
Invoke-Checked -Command 'sc.exe' -Arguments @('config', $name, 'obj=', $account)
Invoke-Checked -Command 'sc.exe' -Arguments @('sidtype', $name, 'unrestricted')
# Restarted after 5 s, 30 s, and then each minute; a day without a failure resets this.
Invoke-Checked -Command 'sc.exe' -Arguments @('failure', $name, 'reset=', '86400', 'actions=', 'restart/5000/restart/30000/restart/60000')
Invoke-Checked -Command 'sc.exe' -Arguments @('failureflag', $name, '1')

# The store has addresses: access only for administrators, the system and the service.
Invoke-Checked -Command 'icacls.exe' -Arguments @($State, '/inheritance:r', '/grant', 'BUILTIN\Administrators:(OI)(CI)F', 'NT AUTHORITY\SYSTEM:(OI)(CI)F', "${account}:(OI)(CI)M")
foreach ($folder in $Logs) {
    if ((Test-Path -LiteralPath $folder) -and -not $folder.StartsWith('\\')) {
        Invoke-Checked -Command 'icacls.exe' -Arguments @($folder, '/grant', "${account}:(OI)(CI)RX")
    }
    elseif ($folder.StartsWith('\\')) {
        Write-Warning "$folder is on another computer: grant this computer's account read access there; the service signs in as it."
    }
}

if ($OpenPortTo -ne '') {
    Get-NetFirewallRule -Name $name -ErrorAction SilentlyContinue | Remove-NetFirewallRule
    New-NetFirewallRule -Name $name -DisplayName 'Mailflow metrics' -Direction Inbound -Protocol TCP -LocalPort $Port -RemoteAddress $OpenPortTo -Action Allow | Out-Null
    Write-Warning "Set Web:Listen in $settings to an address of this computer, and Web:TokenFile to a file with a token: without one, others get only /metrics."
}

Start-Service -Name $name
Write-Output "Running. Page: http://127.0.0.1:$Port   Settings: $settings"
