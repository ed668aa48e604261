#!/bin/bash
# Package: Markdig 1.6.0 (.NET 10), and cmark-gfm 0.29.0.gfm.6 of Debian 12 beside it. Needs the .NET 10 SDK, apt-get and dpkg; not root.
# Expected: Markdig's pipe tables are those of GitHub. A pipe in a cell is written \| there, in code as well, and the backslash is not
#   shown: `source\|event` is the code source|event. Without the backslash the pipe ends the cell. Cells beyond the header are left out.
# Happens: outside code Markdig does the same, in code the opposite: `source\|event` is shown WITH its backslash, and `source|event` is
#   one cell. No way to write it is right in both. A row with one cell too many gives the whole table one more column.
# For users: a page of commands or of key names (Get-Queue | ft, SOURCE|EVENT) that is right in the repository shows backslashes, which
#   people copy, where a program renders it with Markdig. Mailflow takes the backslash out of code in cells (src/Mailflow/Web/DocPage.cs).
# Source: measured; GitHub Flavored Markdown 4.10, github.com/xoofx/markdig issue 236.
set -u
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir" || exit 1
debs="cmark-gfm=0.29.0.gfm.6-6 libcmark-gfm0.29.0.gfm.6=0.29.0.gfm.6-6 libcmark-gfm-extensions0.29.0.gfm.6=0.29.0.gfm.6-6"
{ apt-get download $debs || { apt-get update && apt-get download $debs; }; } > /dev/null 2>&1 || { echo "$debs cannot be had"; exit 1; }
for d in ./*.deb; do dpkg -x "$d" . || exit 1; done
cat > t.csproj <<'P'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="Markdig" Version="[1.6.0]" /></ItemGroup>
</Project>
P
cat > Program.cs <<'P'
using Markdig;
Console.Write(Markdown.ToHtml(Console.In.ReadToEnd(), new MarkdownPipelineBuilder().UsePipeTables().Build()));
P
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 LD_LIBRARY_PATH=$dir/usr/lib/x86_64-linux-gnu
dotnet build -c Release -o built > build.txt 2>&1 || { cat build.txt; exit 1; }
rows() {   # of a page with one table: a line for each row, with slashes between the cells
  tr -d '\n' | sed 's,</tr>,\n,g' | sed 's,<[^>]*t[dh]>, / ,g; s,</\?\(table\|thead\|tbody\|tr\)>,,g; s, \+, ,g; s,^ / ,,; s, / *$,,; s, / / , / ,g' | grep .
}
while IFS= read -r row; do
  printf '| key | means |\n|---|---|\n%s\n' "$row" > page.md
  echo "written:   $row"
  echo "cmark-gfm: $(usr/bin/cmark-gfm -e table page.md | rows | tail -1)"
  echo "Markdig:   $(dotnet built/t.dll < page.md | rows | tail -1), columns $(dotnet built/t.dll < page.md | grep -c '<th>')"
done > out.txt <<'P'
| source\|event | rows |
| `source\|event` | rows |
| `source|event` | rows |
| key | rows | more |
P
cat out.txt
cat > expected.txt <<'P'
written:   | source\|event | rows |
cmark-gfm: source|event / rows
Markdig:   source|event / rows, columns 2
written:   | `source\|event` | rows |
cmark-gfm: <code>source|event</code> / rows
Markdig:   <code>source\|event</code> / rows, columns 2
written:   | `source|event` | rows |
cmark-gfm: `source / event`
Markdig:   <code>source|event</code> / rows, columns 2
written:   | key | rows | more |
cmark-gfm: key / rows
Markdig:   key / rows / more, columns 3
P
diff out.txt expected.txt
