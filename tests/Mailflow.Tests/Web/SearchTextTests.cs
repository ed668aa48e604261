using Mailflow.Web;

namespace Mailflow.Tests.Web;

public sealed class SearchTextTests
{
    [Theory]
    [InlineData("", "filters")]
    [InlineData("bob@fabrikam.com", "address message-id words")]
    [InlineData("bob@bücher.example", "address message-id words")]
    [InlineData("@fabrikam.com", "domain words")]
    [InlineData("fabrikam.com", "domain words")]
    [InlineData("bücher.example", "domain words")]
    [InlineData("<5d1c@contoso.com>", "message-id words")]
    [InlineData("5f1c6d1e-0000-4a4b-8c8d-0123456789ab", "network-message-id words")]
    [InlineData("{5F1C6D1E-0000-4A4B-8C8D-0123456789AB}", "network-message-id words")]
    [InlineData("5f1c6d1e00004a4b8c8d0123456789ab", "network-message-id words")]
    [InlineData("203.0.113.25", "ip words")]
    [InlineData("2001:db8::25", "ip words")]
    [InlineData("5.1.1", "ip words")]
    [InlineData("550", "words")]
    [InlineData("mailbox full", "words")]
    [InlineData("blocklisted", "words")]
    [InlineData("User <bob@fabrikam.com> unknown", "words")]
    [InlineData("<script>alert(1)</script>", "message-id words")]
    [InlineData("bob@", "words")]
    public void Text_is_understood_by_its_shape(string text, string readings) =>
        Assert.Equal(readings, string.Join(' ', SearchText.Readings(text).Select(r => r.Name())));

    [Fact]
    public void Words_name_causes_by_their_name_and_title()
    {
        var words = SearchText.Words("mailbox  full");
        Assert.Equal(["mailbox", "full"], words.Select(w => w.Text));
        Assert.All(words, w => Assert.Contains(Mailflow.Analysis.Failures.Cause.MailboxFull, w.Causes));
        Assert.DoesNotContain(Mailflow.Analysis.Failures.Cause.MailboxDisabled, words[1].Causes);
    }
}
