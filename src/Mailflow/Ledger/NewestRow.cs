namespace Mailflow.Ledger;

/// <summary>The newest row of one server under one root.</summary>
sealed record NewestRow(string Root, string Server, DateTimeOffset Time);
