<#
.SYNOPSIS
Makes the scheduled task that runs Export-MailflowSnapshot.ps1 each minute.

.DESCRIPTION
Run it as an administrator on each Exchange server. It copies the script beside the exports' folder, makes the folder, and registers the task "Mailflow export".
The task runs as SYSTEM, which may read a server's own queues, connectors and events; for an account with fewer rights see Account. Running it again replaces the task.

Event 2004, a message that a server refused, is written only where the diagnostic level of SmtpSend is Expert. LogRefusals sets that:
Set-EventLogLevel -Identity "MSExchangeTransport\SmtpSend" -Level Expert. It makes the Application log larger.

.PARAMETER Folder
Where the exports go, for example D:\MailflowExport. Share it for Mailflow to read, or run Mailflow on the server.

.PARAMETER Account
A group managed service account, for example CONTOSO\svc-mailflow$, that is a member of View-Only Organization Management and of Event Log Readers. Default: SYSTEM.

.PARAMETER LogRefusals
Lets Exchange write event 2004.

.PARAMETER Remove
Takes the task away; the files stay.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [Parameter(Mandatory = $true)]
    [string] $Folder,

    [string] $Account,

    [switch] $LogRefusals,

    [switch] $Remove
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$taskName = 'Mailflow export'

if ($Remove) {
    if ($PSCmdlet.ShouldProcess($taskName, 'Unregister the scheduled task')) {
        Unregister-ScheduledTask -TaskName $taskName -Confirm:$false
    }
    return
}

$source = [System.IO.Path]::Combine($PSScriptRoot, 'Export-MailflowSnapshot.ps1')
if (-not [System.IO.File]::Exists($source)) {
    throw "Export-MailflowSnapshot.ps1 must lie beside this script; it is not in $PSScriptRoot."
}

if ($PSCmdlet.ShouldProcess($Folder, 'Make the folder and copy the script')) {
    [void] [System.IO.Directory]::CreateDirectory($Folder)
    # Not in the folder of the exports: users who may write there must not be able to change a script that SYSTEM runs.
    $programs = [System.IO.Path]::Combine($env:ProgramFiles, 'Mailflow')
    [void] [System.IO.Directory]::CreateDirectory($programs)
    $script = [System.IO.Path]::Combine($programs, 'Export-MailflowSnapshot.ps1')
    [System.IO.File]::Copy($source, $script, $true)

    $arguments = '-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File "' + $script + '" -Folder "' + $Folder + '"'
    $action = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument $arguments
    $trigger = New-ScheduledTaskTrigger -Once -At ([DateTime]::Now.Date) -RepetitionInterval (New-TimeSpan -Minutes 1)
    # A run that hangs is ended, and a second one does not start in parallel.
    $settings = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -ExecutionTimeLimit (New-TimeSpan -Minutes 5) -StartWhenAvailable
    if ([string]::IsNullOrEmpty($Account)) {
        $principal = New-ScheduledTaskPrincipal -UserId 'SYSTEM' -LogonType ServiceAccount -RunLevel Highest
    }
    else {
        $principal = New-ScheduledTaskPrincipal -UserId $Account -LogonType Password
    }
    $task = New-ScheduledTask -Action $action -Trigger $trigger -Settings $settings -Principal $principal -Description 'Writes queues, connectors, certificates and transport events for Mailflow.'
    [void] (Register-ScheduledTask -TaskName $taskName -InputObject $task -Force)
}

if ($LogRefusals -and $PSCmdlet.ShouldProcess('MSExchangeTransport\SmtpSend', 'Set the diagnostic level to Expert')) {
    if ($null -eq (Get-Command -Name 'Set-EventLogLevel' -ErrorAction SilentlyContinue)) {
        Add-PSSnapin -Name 'Microsoft.Exchange.Management.PowerShell.SnapIn'
    }
    Set-EventLogLevel -Identity 'MSExchangeTransport\SmtpSend' -Level Expert
}
