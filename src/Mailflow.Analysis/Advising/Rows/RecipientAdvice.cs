using static Mailflow.Analysis.Advising.Rows.Common;
using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Advising.Rows;

/// <summary>Advice for recipients that do not exist, are closed or are full.</summary>
static class RecipientAdvice
{
    static readonly Command Forwarding = Local(
        "Get-Mailbox '{recipient}' | Format-List Name,ForwardingAddress,ForwardingSmtpAddress,DeliverToMailboxAndForward",
        "Where the mailbox forwards to");

    static readonly Command StopForwarding = Local(
        "Set-Mailbox '{recipient}' -ForwardingAddress $null -ForwardingSmtpAddress $null",
        "Only if the target no longer exists: the mailbox keeps its mail",
        "the mailbox: it forwards no more", "set both to the values that Get-Mailbox showed");

    static readonly Command Databases = Local("Get-MailboxDatabase -Status | Format-Table Name,Server,Mounted", "Is the database of the mailbox mounted?");

    static readonly Command[] FullLook =
    [
        Local("Get-MailboxStatistics '{recipient}' | Format-List DisplayName,TotalItemSize,TotalDeletedItemSize,ItemCount",
            "Mailbox of ours: its size, and the size of its recoverable items"),
        Local("Get-Mailbox '{recipient}' | Format-List Database,UseDatabaseQuotaDefaults,*Quota", "The quotas of the mailbox"),
        Local("Get-MailboxDatabase (Get-Mailbox '{recipient}').Database | Format-List Name,*Quota",
            "The quotas of its database: they apply if UseDatabaseQuotaDefaults is True"),
        Online("Get-MailboxStatistics '{recipient}' | Format-List DisplayName,TotalItemSize,TotalDeletedItemSize,ItemCount",
            "Mailbox of our tenant: its size, and the size of its recoverable items"),
        Online("Get-Mailbox '{recipient}' | Format-List *Quota,ArchiveStatus,AutoExpandingArchiveEnabled", "Its quotas and its archive"),
    ];

    static readonly Command[] FullFix =
    [
        Local(
            "Set-Mailbox '{recipient}' -UseDatabaseQuotaDefaults $false -IssueWarningQuota '<warning size>' -ProhibitSendQuota '<send size>' "
            + "-ProhibitSendReceiveQuota '<receive size>'",
            "Mailbox of ours: three sizes in rising order, all above the present size, for example 58GB, 59GB and 60GB",
            "the three quotas of this mailbox", "set all four parameters to the values that Get-Mailbox showed"),
        Local("Enable-Mailbox '{recipient}' -Archive", "Mailbox of ours: old items can move to an archive",
            "the mailbox: it gets an archive", "Disable-Mailbox '{recipient}' -Archive"),
        Online("Enable-Mailbox '{recipient}' -Archive", "Mailbox of our tenant: old items move to the archive by the retention policy",
            "the mailbox: it gets an archive", "Disable-Mailbox '{recipient}' -Archive"),
    ];

    static readonly Command[] FullVerify =
    [
        Local("Get-MailboxStatistics '{recipient}' | Format-List TotalItemSize", "The size is below ProhibitSendReceiveQuota"),
        Arrived, TraceArrived,
    ];

    public static readonly Advice[] Rows =
    [
        new(InvalidRecipient, null,
            "Check the address for typing errors and for an old entry of Outlook's autocomplete list; in a foreign domain only the sender can correct "
            + "it. If the domain is ours, check that the recipient exists, and in a hybrid organisation on which side.",
            [Recipient, AcceptedDomains, RecipientOnline, AcceptedDomainsOnline],
            [],
            Delivered),
        new(InvalidRecipient, "legacy-address",
            "The mailbox was created again or moved, and Outlook or an old message still has its old address. Add the old address to the person's present "
            + "mailbox: then replies to old messages arrive too.",
            [
                Local("""Get-Recipient -Filter 'EmailAddresses -eq "X500:{x500}"' | Format-List Name,RecipientTypeDetails,PrimarySmtpAddress""",
                    "Does an object have the old address? No result: none has it"),
                Online("""Get-Recipient -Filter 'EmailAddresses -eq "X500:{x500}"' | Format-List Name,RecipientTypeDetails,PrimarySmtpAddress""",
                    "The same in the tenant"),
            ],
            [
                Local("Set-Mailbox '<mailbox>' -EmailAddresses @{Add='X500:{x500}'}",
                    "The person's present mailbox here; for one in Exchange Online: Set-RemoteMailbox",
                    "the mailbox: it gets this address in addition", "Set-Mailbox '<mailbox>' -EmailAddresses @{Remove='X500:{x500}'}"),
                Online("Set-Mailbox '<mailbox>' -EmailAddresses @{Add='X500:{x500}'}", "A mailbox that is not synchronised from Active Directory",
                    "the mailbox: it gets this address in addition", "Set-Mailbox '<mailbox>' -EmailAddresses @{Remove='X500:{x500}'}"),
            ],
            [
                Local("""Get-Recipient -Filter 'EmailAddresses -eq "X500:{x500}"' | Format-List Name,PrimarySmtpAddress""", "It shows the person's mailbox"),
                Online("""Get-Recipient -Filter 'EmailAddresses -eq "X500:{x500}"' | Format-List Name,PrimarySmtpAddress""", "It shows the person's mailbox"),
            ]),
        new(InvalidRecipient, "ambiguous",
            "If the domain is ours, find the two objects and remove the address from the wrong one. Otherwise only the recipient's administrator can.",
            [
                Local("""Get-Recipient -Filter 'EmailAddresses -eq "smtp:{recipient}"' | Format-List Name,RecipientTypeDetails,DistinguishedName""",
                    "The objects with this address"),
                Windows("""Get-ADObject -LDAPFilter '(proxyAddresses=smtp:{recipient})' | Format-List Name,ObjectClass,DistinguishedName""",
                    "The same in Active Directory, with objects that Exchange does not show"),
            ],
            [
                Local("Set-Mailbox '<wrong object>' -EmailAddresses @{Remove='smtp:{recipient}'}",
                    "For a contact or a mail user: Set-MailContact or Set-MailUser with the same parameter",
                    "the object: it loses this address", "Set-Mailbox '<wrong object>' -EmailAddresses @{Add='smtp:{recipient}'}"),
            ],
            [Recipient, Arrived]),
        new(InvalidRecipient, "bad-syntax",
            "Find the client or application that wrote the address, or the contact that has it, and correct it there.",
            [FailedMessages, OfSender, Recipient, Trace],
            [],
            Delivered),
        new(InvalidRecipient, "contact",
            "Correct the external address of the mail contact or mail user, or remove the object.",
            [Recipient, RecipientOnline],
            [
                Local("Set-MailContact '{recipient}' -ExternalEmailAddress 'SMTP:<right address>'", "For a mail user: Set-MailUser with the same parameter",
                    "the contact: its mail goes to this address", "set it to the ExternalEmailAddress that Get-Recipient showed"),
                Online("Set-MailContact '{recipient}' -ExternalEmailAddress 'SMTP:<right address>'", "For a mail user: Set-MailUser with the same parameter",
                    "the contact: its mail goes to this address", "set it to the ExternalEmailAddress that Get-Recipient showed"),
            ],
            [Recipient, Arrived, TraceArrived]),
        new(InvalidRecipient, "directory-object",
            "Find the object and give it a valid primary address; the directory may have been changed by another tool than Exchange.",
            [
                Recipient,
                Local("""Get-Recipient -Filter 'EmailAddresses -eq "smtp:{recipient}"' | Format-List Name,RecipientTypeDetails,DistinguishedName""",
                    "The object with this address"),
            ],
            [],
            Delivered),
        new(InvalidRecipient, "forwarding",
            "Correct the forwarding of this recipient, or remove it.",
            [Forwarding, Forwarding with { Shell = Shell.ExchangeOnline }],
            [StopForwarding, StopForwarding with { Shell = Shell.ExchangeOnline }],
            [Forwarding, Arrived, TraceArrived]),
        new(InvalidRecipient, "public-folder",
            "Check that the folder exists and has a content mailbox.",
            [
                Local("Get-MailPublicFolder '{recipient}' | Format-List Name,EntryId,ContentMailbox,ForwardingAddress",
                    "The folder's mail object and where it points"),
                Local("Get-OrganizationConfig | Format-List RootPublicFolderMailbox,PublicFoldersEnabled,RemotePublicFolderMailboxes",
                    "Where the organisation looks for public folders"),
                Online("Get-MailPublicFolder '{recipient}' | Format-List Name,EntryId,ContentMailbox,ForwardingAddress", "The same in the tenant"),
            ],
            [],
            Delivered),
        new(InvalidRecipient, "bad-domain",
            "The sender must correct the address. If an application wrote it, correct it there.",
            [FailedMessages, OfSender, Mx, Trace],
            [],
            Delivered),
        new(InvalidRecipient, "google-group",
            "Only an owner of the group can change that: contact one another way.",
            [FailedMessages, Trace],
            [],
            Delivered),
        new(InvalidRecipient, "suppressed",
            "Confirm with the recipient that the address works, then remove it from the suppression list in the sending service's console.",
            [FailedMessages, Trace],
            [],
            Delivered),
        new(InvalidRecipient, "alias-off",
            "The recipient switched this forwarding alias off (for example Apple's Hide My Email). Respect it: remove the address from lists and "
            + "applications, and contact the person another way.",
            [FailedMessages, OfSender, Trace],
            [],
            []),

        new(MailboxDisabled, null,
            "In a foreign domain only the recipient or the provider can open the mailbox: contact them another way. If the mailbox is ours, check "
            + "whether it is closed on purpose, moved, or in an unmounted database.",
            [
                Local("Get-Mailbox '{recipient}' | Format-List Name,RecipientTypeDetails,AccountDisabled,Database,ForwardingAddress,ForwardingSmtpAddress",
                    "Mailbox of ours: its state and where it forwards to"),
                Databases,
                Online("Get-Mailbox '{recipient}' -IncludeInactiveMailbox | Format-List Name,RecipientTypeDetails,AccountDisabled,IsInactiveMailbox",
                    "Mailbox of our tenant: its state"),
            ],
            [],
            Delivered),
        new(MailboxDisabled, "inaccessible",
            "If the mailbox is ours: its account is disabled, it is being moved, its database is not mounted, or Exchange quarantined it. Find out which "
            + "before you change anything.",
            [
                Local("Get-MailboxStatistics '{recipient}' | Format-List DisplayName,IsQuarantined,DisconnectReason,DatabaseName", "Is it in quarantine?"),
                Local("Get-MoveRequest -MoveStatus InProgress | Format-Table DisplayName,Status,TargetDatabase", "Is it being moved?"),
                Databases,
                Online("Get-Mailbox '{recipient}' | Format-List Name,AccountDisabled,RecipientTypeDetails", "Mailbox of our tenant: its state"),
            ],
            [
                Local("Disable-MailboxQuarantine '{recipient}'", "Only if it is in quarantine, and the client or item that crashed the store is known",
                    "the mailbox: it leaves quarantine", "Enable-MailboxQuarantine '{recipient}'"),
            ],
            Delivered),
        new(MailboxDisabled, "moved",
            "Some replies name the new address. Otherwise ask the recipient for it, and correct the address book.",
            [FailedMessages, Recipient, Trace],
            [],
            Delivered),

        new(MailboxFull, null,
            "In a foreign domain only the recipient can free space: contact them another way. If the mailbox is ours, compare its size with its quotas.",
            FullLook, [], FullVerify),
        new(MailboxFull, "recipient-quota",
            "Free space or move items to an archive; if you raise the quota, raise all three together. A mailbox that fills by itself has a rule, a "
            + "journal or an alarm system behind it.",
            FullLook, FullFix, FullVerify),
    ];
}
