#!/bin/bash
# Package: MimeKit 4.18.2 (.NET 10).
# Expected: a charset that .NET does not have is an error or can be seen; and Encoding.RegisterProvider(CodePagesEncodingProvider.Instance), which MimeKit's documentation asks for, helps
#   from then on, as it does for Encoding.GetEncoding.
# Happens: before the call, text and headers in koi8-r or iso-2022-jp are read as Latin-1 without a sign. A charset that was asked for once before the call stays unknown for the life of the
#   process: the same mail is wrong after it too, while one in a charset that was not asked for yet is right, and Encoding.GetEncoding knows both. iso-2022-jp is asked for by MimeKit
#   itself at its first use. So a service that reads or writes one mail before
#   some other part registers the provider (Serilog's console, a library for Excel or PDF) reads some languages wrong until it is restarted, and which ones depends on the first mails.
# Source: measured; MimeKit's FAQ on CodePagesEncodingProvider says only that it must be registered.
set -u
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir" || exit 1
cat > t.csproj <<'P'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable></PropertyGroup>
  <ItemGroup><PackageReference Include="MimeKit" Version="[4.18.2]" /></ItemGroup>
</Project>
P
cat > Program.cs <<'P'
using System.Text;
using MimeKit;
void Show(string when, string name, string text)
{
    var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name)!;
    var word = $"=?{name}?B?{Convert.ToBase64String(encoding.GetBytes(text))}?=";
    using var mail = MimeMessage.Load(new MemoryStream([.. Encoding.ASCII.GetBytes($"From: a@x\nSubject: {word}\nContent-Type: text/plain; charset={name}\n\n"), .. encoding.GetBytes(text)]));
    bool known;
    try { known = Encoding.GetEncoding(name) is not null; } catch (ArgumentException) { known = false; }
    string Is(string? read) => read == text ? "right" : "wrong";
    Console.WriteLine($"{when}, {name}: text {Is(mail.TextBody)}, subject {Is(mail.Subject)}, Encoding.GetEncoding {(known ? "knows it" : "does not know it")}");
}
if (args[0] == "late")
    Show("before", "koi8-r", "Привет");
Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
Show(args[0], "koi8-r", "Привет");
Show(args[0], "iso-2022-jp", "配信不能");
Show(args[0], "windows-1251", "Привет");
P
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet build -c Release -v q -o out > build.txt 2>&1 || { cat build.txt; exit 1; }
{ dotnet out/t.dll early && dotnet out/t.dll late; } > out.txt 2>&1 || { cat out.txt; exit 1; }
cat out.txt
cat > expected.txt <<'P'
early, koi8-r: text right, subject right, Encoding.GetEncoding knows it
early, iso-2022-jp: text right, subject right, Encoding.GetEncoding knows it
early, windows-1251: text right, subject right, Encoding.GetEncoding knows it
before, koi8-r: text wrong, subject wrong, Encoding.GetEncoding does not know it
late, koi8-r: text wrong, subject wrong, Encoding.GetEncoding knows it
late, iso-2022-jp: text wrong, subject wrong, Encoding.GetEncoding knows it
late, windows-1251: text right, subject right, Encoding.GetEncoding knows it
P
diff expected.txt out.txt
