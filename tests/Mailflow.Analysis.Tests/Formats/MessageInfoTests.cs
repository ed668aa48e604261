using System.Text;
using CsCheck;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Tests.Formats;

public sealed class MessageInfoTests
{
    [Theory]
    [InlineData("2024-01-01T00:00:00.000Z;SRV=ex1.a.example:TOTAL-HUB=1.500|SMR=0.012|CAT=0.100|QDE=0.400", "receive 12, categorize 100, queue 400")]
    [InlineData("2024-01-01T00:00:00.000Z;SRV=a:TOTAL-HUB=1|SMR=0.012(SMRPI=0.001(SMRPI-X=0.001)|SMRC=0.5)|QDE=2", "receive 12, queue 2000")]
    [InlineData(
        "2024-01-01T00:00:00.000Z;LSRV=a:TOTAL-SUB=0.3|SA=0.1|MTSS=0.2;SRV=b:TOTAL-HUB=1|SMR=0.1|SMS=0.4;SRV=c:TOTAL-DEL=1|SMR=0.1|SDD=0.3",
        "receive 200, submit 300, send 400, store 300")]
    [InlineData("2024-01-01T00:00:00.000Z;SRV=a:TOTAL-HUB=1|X-SMSDR=0.9|SMS=0.1|X-CATX=7(CAT=8)", "send 100")]
    [InlineData("2024-01-01T00:00:00.000Z;SRV=a:TOTAL-HUB-INC=1|QDE-INC=0.25|DFR=60|QS=0.5|UNK=0.001", "queue 60750, other 1")]
    [InlineData("2024-01-01T00:00:00.000Z;SRV=a:TOTAL-HUB=0|SMR=0.000|CAT=0", "receive 0, categorize 0")]
    [InlineData("2024-01-01T00:00:00.000Z;SRV=a:TOTAL-FE=0.1,TOTAL-HUB=0.2|SMR=0.1", "receive 100")]
    [InlineData("2024-01-01T00:00:00.000Z;SRV=a:SMR=86400.5|SMSMBXD=1.0019", "receive 86400500, store 1001")]
    [InlineData("2024-01-01T00:00:00.000Z;SRV=a:SMR=x|CAT=-1|QDE=|SMS=1.5", "send 1500")]
    [InlineData("2024-01-01T00:00:00.000Z", null)]
    [InlineData("2024-01-01T00:00:00.000Z;SRV=a:", null)]
    [InlineData("0cA: ", null)]
    [InlineData("", null)]
    public void Latency_stages_are_read_from_message_info(string info, string? expected)
    {
        Span<long> stages = stackalloc long[(int)Stage.Other + 1];
        stages.Fill(-1);
        var found = MessageInfo.TryStages(Encoding.UTF8.GetBytes(info), stages);
        var parts = new List<string>();
        for (var i = 0; i < stages.Length; i++)
            if (stages[i] >= 0)
                parts.Add($"{((Stage)i).Name()} {stages[i]}");
        Assert.Equal(expected is not null, found);
        Assert.Equal(expected ?? "", string.Join(", ", parts));
    }

    [Theory]
    [InlineData("2024-02-29T23:59:59.999Z;SRV=a", "2024-02-29T23:59:59.9990000Z")]
    [InlineData("2024-02-29T23:59:59Z", "2024-02-29T23:59:59.0000000Z")]
    [InlineData("2024-02-29T23:59:59.5", "2024-02-29T23:59:59.5000000Z")]
    [InlineData("2024-02-29 23:59:59.1234567", "2024-02-29T23:59:59.1230000Z")]
    [InlineData("0cA: 2024-02-29T23:59:59.999Z", null)]
    [InlineData("2023-02-29T23:59:59.999Z", null)]
    [InlineData("2024-00-10T23:59:59.999Z", null)]
    [InlineData("2024-01-10T24:00:00.000Z", null)]
    [InlineData("0000-01-10T20:00:00.000Z", null)]
    [InlineData("2024-01-10T20:00:0", null)]
    [InlineData("2024-01-1:T20:00:00.000Z", null)]
    public void Arrival_time_is_read_from_message_info(string info, string? expected)
    {
        var day = default(Utf8Fields.LastDay);
        Assert.Equal(expected is not null, MessageInfo.TryArrival(Encoding.UTF8.GetBytes(info), ref day, out var arrival));
        if (expected is not null)
            Assert.Equal(expected, arrival.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Message_info_reader_never_throws() =>
        Gen.OneOf("2024-01-01T00:00:00.000Z", ";", "SRV=a", ":", "|", "(", ")", "=", "SMR", "1.5", "X-", "999999999", "9999999999.9", ".", "TOTAL", "Q")
            .Array[0, 20].Sample(pieces =>
            {
                Span<long> stages = stackalloc long[(int)Stage.Other + 1];
                stages.Fill(-1);
                MessageInfo.TryStages(Encoding.UTF8.GetBytes(string.Concat(pieces)), stages);
                foreach (var stage in stages)
                    Assert.True(stage >= -1);
            });
}
