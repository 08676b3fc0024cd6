"""Draws what a command prints as a picture: attest demo 2>/dev/null | python docs/images/terminal.py > docs/images/demo.svg"""
import html
import sys

lines = sys.stdin.read().rstrip("\n").split("\n")[:52]
width, height = max(map(len, lines)) * 8.0 + 32, len(lines) * 18 + 32
print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" viewBox="0 0 {width:.0f} {height}">')
print('<rect width="100%" height="100%" rx="8" fill="#16181d"/>')
print('<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13.2" fill="#d8dee9" xml:space="preserve">')
for n, line in enumerate(lines):
    strong = ' font-weight="bold"' if line.isupper() or line.startswith(("id ", "DEATHS", "RESOLVED")) else ""
    print(f'<text x="16" y="{n * 18 + 30}"{strong}>{html.escape(line)}</text>')
print("</g></svg>")
