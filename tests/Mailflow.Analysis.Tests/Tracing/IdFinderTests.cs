using System.Text;
using CsCheck;
using Mailflow.Analysis.Tracing;

namespace Mailflow.Analysis.Tests.Tracing;

public sealed class IdFinderTests
{
    static readonly Gen<string> Uuid = Gen.Char["aB1"].Array[32].Select(c => new Guid(string.Concat(c).Replace('B', 'b')).ToString("D"));
    static readonly Gen<string> MessageId = Gen.String[Gen.Char["aB1@.-"], 8, 30].Select(t => $"<{t}>");
    static readonly Gen<string> Id = Gen.OneOf(Uuid, MessageId);

    [Fact]
    public void Finder_finds_what_a_search_for_each_id_finds() =>
        Gen.Select(Id.Array[1, 40], Id.Array[0, 40], Gen.String[Gen.Char["<>-,aB1"], 0, 90].Array[1, 6], Gen.Int[0, 4]).Sample(
            (wanted, others, between, count) =>
            {
                var text = new StringBuilder(between[0]);
                foreach (var (id, i) in others.Concat(wanted.Take(count)).Select((id, i) => (id, i)))
                    text.Append(i % 2 == 0 ? id : id.ToUpperInvariant()).Append(between[i % between.Length]);
                var places = wanted.Select(w => text.ToString().IndexOf(w, StringComparison.OrdinalIgnoreCase)).Where(p => p >= 0).ToList();
                Assert.Equal(places.Count == 0 ? -1 : places.Min(), new IdFinder(wanted).IndexIn(Encoding.ASCII.GetBytes(text.ToString())));
            },
            iter: 3000);

    [Theory]
    [InlineData("0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f", true)]
    [InlineData("<5d1c4400@contoso.com>", true)]
    [InlineData("5d1c4400@contoso.com", false)]
    [InlineData("<5d1c>4400@contoso.com>", false)]
    [InlineData("<\"5d1c4400\"@contoso.com>", false)]
    [InlineData("<1@a.com>", true)]
    [InlineData("<1@a.b>", false)]
    [InlineData("<5d1c4400-0a1b-0a1b-0a1b-0a1b2c3d4e5f", false)]
    [InlineData("<5d1c4400@bücher.example>", false)]
    [InlineData("08d0a1b2c3d4e5f6", false)]
    public void Only_ids_with_a_form_are_found_by_it(string id, bool has) => Assert.Equal(has, IdFinder.HasForm(id));
}
