#!/bin/bash
# Package: MimeKit 4.18.2 (.NET 10); Python 3 reads the same file for comparison.
# Expected: a mail that cannot be parsed costs that mail: the next ParseMessage reads the next one, or IsEndOfStream is true. A line of a body that begins with "From " is text unless
#   it has the form that RFC 4155 gives to the line before a mail (address and time): mboxes with Content-Length (mboxcl2) do not quote it.
# Happens: the body ends there. The rest of it is taken for a mail without a header: FormatException. From then on each ParseMessage throws FormatException and IsEndOfStream stays false:
#   all later mails are lost, and `while (!parser.IsEndOfStream)` with a catch never ends. With RespectContentLength, which is off by default, a file that has Content-Length is right.
# Meaning: an export of a mailbox of 10,000 NDRs ends, or hangs, at the first mail that quotes a letter ("From here on ...").
# Source: measured; RFC 4155 appendix A.
set -u
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir" || exit 1
cat > t.csproj <<'P'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="MimeKit" Version="[4.18.2]" /></ItemGroup>
</Project>
P
cat > Program.cs <<'P'
using MimeKit;
foreach (var respects in (bool[])[false, true])
{
    Console.WriteLine($"RespectContentLength = {respects}");
    using var file = File.OpenRead("three.mbox");
    var parser = new MimeParser(new ParserOptions { RespectContentLength = respects }, file, MimeFormat.Mbox);
    for (var turn = 0; turn < 5 && !parser.IsEndOfStream; turn++)
    {
        try
        {
            var mail = parser.ParseMessage();
            Console.WriteLine($"  {mail.Subject}: {mail.TextBody.Trim().Replace("\n", " / ")}");
        }
        catch (FormatException e)
        {
            Console.WriteLine($"  FormatException: {e.Message} IsEndOfStream = {parser.IsEndOfStream}");
        }
    }
}
P
cat > three.mbox <<'P'
From ann@a.example Fri Nov 20 08:00:06 2026
Subject: one
Content-Length: 40

Dear Bob,
From here on it works.
Bye Ann

From ann@a.example Fri Nov 20 08:00:07 2026
Subject: two
Content-Length: 2

y

From ann@a.example Fri Nov 20 08:00:08 2026
Subject: three
Content-Length: 2

z
P
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet run -c Release > out.txt 2> err.txt || { cat out.txt err.txt; exit 1; }
python3 -c 'import mailbox; print("Python: " + ", ".join(str(m["subject"]) for m in mailbox.mbox("three.mbox")))' >> out.txt || exit 1
cat out.txt
cat > expected.txt <<'P'
RespectContentLength = False
  one: Dear Bob,
  FormatException: Failed to parse message headers. IsEndOfStream = False
  FormatException: Failed to find mbox From marker. IsEndOfStream = False
  FormatException: Failed to find mbox From marker. IsEndOfStream = False
  FormatException: Failed to find mbox From marker. IsEndOfStream = False
RespectContentLength = True
  one: Dear Bob, / From here on it works. / Bye Ann
  two: y
  three: z
Python: one, None, two, three
P
diff expected.txt out.txt
