using Mailflow.Commands;

namespace Mailflow.Tests.Commands;

public sealed class ExplainCommandTests
{
    [Theory]
    [InlineData("550 5.1.1 <jane.roe@fabrikam.com>: User unknown", "jane.roe@fabrikam.com")]
    [InlineData("Delivery has failed:\r\n\r\njane.roe@fabrikam.com\r\nmx.fabrikam.com #550 5.1.1 User unknown", "jane.roe@fabrikam.com")]
    [InlineData("To:\tjane.roe@fabrikam.com\tUser unknown", "jane.roe@fabrikam.com")]
    [InlineData("user='o'brien@contoso.com' unknown", "o'brien@contoso.com")]
    [InlineData("550 5.1.1 User unknown", null)]
    public void First_address_of_a_pasted_text_is_found(string text, string? address) => Assert.Equal(address, ExplainCommand.AddressIn(text));
}
