using Mailflow.Scan;

namespace Mailflow.Tests.Scan;

public sealed class SampleSortTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(5000)]
    public void Changes_are_in_order_and_complete_however_many_fit_into_memory(int most)
    {
        var folder = Directory.CreateTempSubdirectory("mailflow-sort-").FullName;
        try
        {
            var random = new Random(most);
            var changes = Enumerable.Range(0, 60).Select(i => ((ulong)random.Next(20), (long)i)).ToList();
            using (var sort = new SampleSort(folder, most))
            {
                foreach (var (key, value) in changes)
                    sort.Add(key, value);
                var sorted = sort.Sorted().ToList();
                Assert.Equal(changes.Select(c => c.Item1).Order(), sorted.Select(s => s.Key));
                Assert.Equal(changes.Order(), sorted.Order());
            }

            Assert.Empty(Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
