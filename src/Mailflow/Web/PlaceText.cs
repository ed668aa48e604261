using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Mailflow.Trace;

namespace Mailflow.Web;

/// <summary>The place of a page in an address: where the page before ended.</summary>
static class PlaceText
{
    /// <summary>A path has at most 4,096 bytes, but an address of this site too; longer paths have no second page.</summary>
    public const int MaxLength = 2048;

    public static string Of(RowPlace place) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{place.Time.Ticks}|{place.Offset}|{place.File}")));

    /// <param name="faults">Receives what is wrong with it.</param>
    public static RowPlace? Read(string? text, List<string> faults)
    {
        if (text is null)
            return null;
        if (Base64Url.IsValid(text) && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split('|', 3) is [var time, var offset, var file]
            && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks
            && long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var at))
            return new(new(ticks, DateTimeKind.Utc), file, at);
        faults.Add("cursor: expected the value of the link to the next page. Begin at the first page: leave cursor out.");
        return null;
    }
}
