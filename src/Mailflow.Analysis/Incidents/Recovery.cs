namespace Mailflow.Analysis.Incidents;

/// <summary>When an incident is over: proven by mail that got through, or, where nothing was sent, by quiet.</summary>
sealed class Recovery(PlaceMap places, OutageList outages)
{
    /// <summary>No failure for this long, in seconds.</summary>
    const int Calm = 5 * 60;

    /// <summary>Messages that got through, at least.</summary>
    const int Proof = 3;

    /// <summary>If it still failed as before, so many failures were expected since: then none is no accident.</summary>
    const double Expected = 4;

    /// <summary>Quiet for this long, in seconds, if nothing is sent there.</summary>
    const int Quiet = 2 * 3600, LongQuiet = 24 * 3600;

    public void Check(int minute)
    {
        var now = minute * 60L;
        for (var i = outages.Opened.Count - 1; i >= 0; i--)
        {
            var outage = outages.Opened[i];
            if (outage.Kind is IncidentKind.Failures && now - outage.Last >= Calm)
                Check(outage, now);
        }
    }

    void Check(Outage outage, long now)
    {
        var share = Math.Clamp(outage.Share, 0.01, 1);
        if (outage.Proof >= Math.Max(Proof, Expected / share))
        {
            outages.Close(outage, now, Verified.Delivered);
            return;
        }

        if (now - outage.Last < QuietOf(outage))
            return;
        // Something was sent there: not enough for proof, but it got through.
        var sent = outage.Proof > 0 && share > 0.5;
        outages.Close(outage, now, sent ? Verified.Delivered : Verified.Quiet);
        if (!sent)
            outages.Watch(outage);
    }

    /// <summary>Longer where mail is rare: two hours say nothing about a domain that gets a message a day.</summary>
    long QuietOf(Outage outage)
    {
        if (places.Find(outage.Place) is not { Messages: > 1 } place)
            return Quiet;
        var minutes = Math.Clamp((outage.Last / 60) - place.FirstMinute, 60, 20 * 24 * 60);
        return Math.Clamp((long)(3 * 60 * minutes / place.Messages), Quiet, LongQuiet);
    }
}
