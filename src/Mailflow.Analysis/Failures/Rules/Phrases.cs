namespace Mailflow.Analysis.Failures.Rules;

/// <summary>Sets of phrases that several rules share.</summary>
static class Phrases
{
    /// <summary>Words for the recipient.</summary>
    public const string Recipient =
        "[recipient|recipients|recipient's|recipent|reciepient|recepient|adress|addres|mailboox|acount|user|users|user's|mailbox|mail box|inbox|"
        + "account|address|addresses|addressee|alias|rcpt|mail account|"
        + "local part|e-mail address|userid|mailfolder]";

    /// <summary>Words for "does not exist".</summary>
    public const string Missing =
        "[unknown|unkown|unknow|uknown|unknwon|non-existant|nonexistant|not exsist|not existing|not found|does not exist|doesn't exist|dosn't exist|"
        + "not exist|not exists|nonexistent|non-existent|no such|invalid|not valid|"
        + "not known|is not recognized|not recognised|unrecognized|not listed|could not be found|couldn't be found|cannot be found|not present|"
        + "was not found|isn't found|not a member of domain|does not have an account|no account|not local|undefined|not registered|unregistered|"
        + "illegal|misspelled|incorrect|wrong]";

    /// <summary>Words for "takes no mail at present".</summary>
    public const string Disabled =
        "[disabled|suspended|inactive|dormant|retired|abandoned|ceased|withdrawn|revoked|unused|not used for|lack of use|not activated|not yet activated|"
        + "not been activated|not yet active|never activated|no longer in service|not in use|no longer employed|has been removed|was removed|"
        + "has been shut|switched off|turned off|non-payment|"
        + "inactivated|deactivated|deactived|locked|blocked due to inactivity|expired|closed|terminated|frozen|banned|"
        + "archived|discontinued|no longer active|not active|is not activated|no longer available|no longer valid|no longer in use|inactivity|"
        + "cancelled|deleted|on hold|under maintenance]";
}
