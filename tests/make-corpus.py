"""Makes the awkward files of tests/corpus that no editor writes: `python3 tests/make-corpus.py`. Standard library only; always the same bytes."""

import gzip
import io
import pathlib
import zipfile
import zlib

HERE = pathlib.Path(__file__).parent / "corpus"

LEFT = ["Gunmen on motorcycles killed five", "people in a village near Konna on", "Monday evening, three resi-", "dents said. The mayor spoke of six", "dead and of burnt granaries."]
RIGHT = ["The army gave no toll. A doctor at", "the hospital of S\xe9var\xe9 spoke of", "four bodies and of nine wounded", "people on Tuesday. Nobody has", "claimed the attack."]
PAGE = "<html><head><title>{title}</title></head><body><article><p>{text}</p></article></body></html>"


def pdf(pages, trailer="", extra=()):
    """Pages of (x, y, size, words), Helvetica in WinAnsi, each page's content deflated."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} /MediaBox [0 0 595 842] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for n, lines in enumerate(pages):
        words = b"\n".join(f"BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET".encode("cp1252") for x, y, size, text in lines)
        packed = zlib.compress(words)
        objects.append(f"<< /Type /Page /Parent 2 0 R /Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * n} 0 R >>".encode())
        objects.append(f"<< /Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode() + packed + b"\nendstream")
    objects.extend(extra)
    out, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for n, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{n} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    return out + f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{len(out)}\n%%EOF\n".encode()


def bulletin():
    lines = [(60, 780, 20, "Weekly bulletin of the North"), (60, 760, 10, "Date: 6 June 2025")]
    for n in range(5):
        lines += [(60, 730 - 14 * n, 11, LEFT[n]), (310, 730 - 14 * n, 11, RIGHT[n])]
    return pdf([lines + [(290, 30, 9, "Page 1 of 1")]])


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text)
    return out.getvalue()


def workbook():
    """A sheet with a title above its header, a day as a number in the style of a date, accents and Arabic."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    strings = ["Registre des décès", "Texte", "Date", "Source", "Cinq civils ont été tués à Ménaka, selon un élu.", "Radio Oum", "قتل خمسة مدنيين في كيدال يوم الاثنين.", "إذاعة الشمال"]
    shared = "".join(f"<si><t>{text}</t></si>" for text in strings)
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
        '<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" t="s"><v>2</v></c><c r="C3" t="s"><v>3</v></c></row>'
        '<row r="4"><c r="A4" t="s"><v>4</v></c><c r="B4" s="1"><v>45811</v></c><c r="C4" t="s"><v>5</v></c></row>'
        '<row r="5"><c r="A5" t="s"><v>6</v></c><c r="B5" s="1"><v>45812</v></c><c r="C5" t="s"><v>7</v></c></row>'
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return zipped([
        ("[Content_Types].xml", f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/></Types>'),
        ("_rels/.rels", f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>'),
        ("xl/workbook.xml", f'<workbook {main} xmlns:r="{relation}"><sheets><sheet name="Décès" sheetId="1" r:id="rId1"/></sheets></workbook>'),
        ("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{relation}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{relation}/styles" Target="styles.xml"/><Relationship Id="rId3" Type="{relation}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'),
        ("xl/styles.xml", f'<styleSheet {main}><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'),
        ("xl/sharedStrings.xml", f'<sst {main} count="{len(strings)}" uniqueCount="{len(strings)}">{shared}</sst>'),
        ("xl/worksheets/sheet1.xml", f"<worksheet {main}><sheetData>{rows}</sheetData></worksheet>"),
    ])


def record(kind, address, content, length=None):
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\nContent-Type: application/http; msgtype={kind}\r\nContent-Length: {length or len(content)}\r\n\r\n"
    return head.encode() + content + b"\r\n\r\n"


def response(title, text):
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + PAGE.format(title=title, text=text).encode()


def archive():
    one = response("Five killed near Konna", "Gunmen killed five people near Konna on Monday evening, three residents said on Tuesday.")
    two = response("Three hurt near Oum", "A mine hurt three people near Oum on Wednesday morning, the hospital said on Thursday.")
    return b"".join([
        record("warcinfo", "", b"software: made by hand\r\n"),
        record("response", "https://nord.example/2025/06/03/konna", one),
        record("response", "https://nord.example/broken", b"HTTP/1.1 200 OK\r\n", length=7),
        record("response", "https://nord.example/2025/06/05/oum", two),
    ])


NESTED = """From: Desk <desk@example.org>\r
Date: Wed, 4 Jun 2025 08:00:00 +0000\r
Subject: Fwd: two from the north\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=outer\r
\r
--outer\r
Content-Type: text/plain; charset=utf-8\r
\r
Two messages from the north, see below.\r
\r
> On Tuesday somebody wrote that six had died.\r
--outer\r
Content-Type: message/rfc822\r
\r
From: Agence Nord <desk@nord.example>\r
Date: Tue, 3 Jun 2025 10:15:00 +0200\r
Subject: =?utf-8?q?Cinq_tu=C3=A9s?=\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=inner\r
\r
--inner\r
Content-Type: text/plain; charset=iso-8859-1\r
Content-Transfer-Encoding: quoted-printable\r
\r
Des hommes arm=E9s ont tu=E9 cinq personnes.\r
--inner\r
Content-Type: message/rfc822\r
\r
From: Radio Oum <radio@oum.example>\r
Date: Mon, 2 Jun 2025 21:00:00 +0200\r
Subject: Three hurt\r
\r
A mine hurt three people near Oum.\r
--inner--\r
--outer--\r
"""

RELATIVE = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Agence Nord</title>
<item><title>Five killed</title><link>https://nord.example/a</link><pubDate>2 hours ago</pubDate><description>Gunmen killed five people near Konna.</description></item>
<item><title>Three hurt</title><link>https://nord.example/2025/06/05/b</link><pubDate>yesterday</pubDate><description>A mine hurt three people near Oum.</description></item>
<item><title>Calm</title><pubDate>Thu, 05 Jun 2025 09:00:00 GMT</pubDate><description>Residents said that the night was calm.</description></item>
</channel></rss>
"""

TABLE = "title,text,published\n" + "".join(f"Report {n},Gunmen killed {n} people near Konna.,2025-06-03\n" for n in range(2, 60))


def main():
    whole = bulletin()
    locked = b"<< /Filter /Standard /V 1 /R 2 /O <" + b"41" * 32 + b"> /U <" + b"41" * 32 + b"> /P -4 >>"
    ids = "/ID [<" + "41" * 16 + "> <" + "41" * 16 + ">]"
    packed = gzip.compress(TABLE.encode(), mtime=0)
    files = {
        "two-columns.pdf": whole,
        "truncated.pdf": whole[: len(whole) // 2],
        "scan.pdf": pdf([[]]),
        "encrypted.pdf": pdf([[(60, 700, 11, "Five people were killed.")]], f"/Encrypt 6 0 R {ids}", [locked]),
        "nested.eml": NESTED.encode(),
        "relative-dates.rss": RELATIVE.encode(),
        "articles.csv.gz": packed,
        "truncated.csv.gz": packed[: len(packed) * 2 // 3],
        "bad-record.warc": archive(),
        "truncated.warc.gz": gzip.compress(archive(), mtime=0)[:-40],
        "accents.xlsx": workbook(),
    }
    for name, data in files.items():
        (HERE / name).write_bytes(data)


main()
