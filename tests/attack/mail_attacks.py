"""Mails that somebody wrote to hurt whoever reads them."""

HEAD = b"From: A <a@b.example>\r\nTo: x@y.example\r\nMessage-ID: <1@x>\r\nSubject: Hi\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
HTML = HEAD + b"Content-Type: text/html\r\n\r\n"


def nested(depth):
    parts = [
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (number, number)
        for number in range(depth)
    ]
    return HEAD + b"".join(parts) + b"Content-Type: text/plain\r\n\r\nhello\r\n"


def of(header, value):
    """Write a mail with one header beside those that every mail has."""
    return header + b": " + value + b"\r\n" + HEAD + b"\r\nhello"


MAILS = {
    "empty": b"",
    "every byte": bytes(range(256)) * 1000,
    "only carriage returns": b"\r" * 3_000_000,
    "only line feeds": b"\n" * 900_000,
    "too large": HEAD + b"\r\n" + b"x" * 30_000_000,
    "parts in parts": nested(300),
    "many parts in parts": nested(20_000),
    "thousands of parts": MIXED + b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 5000,
    "thousands of empty parts": MIXED + b"--b\r\n" * 300_000,
    "hundreds of files": MIXED + b"--b\r\nContent-Type: text/plain; name=a\r\n\r\nx\r\n" * 900,
    "a file name with a path": MIXED
    + b'--b\r\nContent-Disposition: attachment; filename="../../etc/passwd\0"\r\n\r\nx\r\n--b--',
    "no boundary": HEAD + b"Content-Type: multipart/mixed\r\n\r\n--\r\nx\r\n--",
    "an empty boundary": HEAD + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n' * 9,
    "a boundary of blanks": HEAD + b'Content-Type: multipart/mixed; boundary="  "\r\n\r\n--  \r\nx',
    "a fake boundary": MIXED + b"--b\r\n\r\nTaskId: 1\r\n--bb\r\n\r\n--b--\r\n--b\r\n\r\nTaskId: 2",
    "mails in mails": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 5000,
    "a mail in a mail": HEAD + b"Content-Type: message/rfc822; name=a\r\n\r\n" + nested(20),
    "a body elsewhere": HEAD
    + b"Content-Type: message/external-body; access-type=URL; URL=file:///etc/passwd\r\n\r\nx",
    "a header without end": b"Subject: " + b"x" * 20_000_000,
    "many headers": b"X-A: b\r\n" * 200_000 + HEAD + b"\r\nhi",
    "remarks in remarks": of(b"Reply-To", b"(" * 100_000),
    "remarks in the sender": b"From: " + b"(" * 7900 + b"\r\n\r\nhi",
    "quotes in the sender": b"From: " + b'"' * 7900 + b"\r\n\r\nhi",
    "brackets in the sender": b"From: a@" + b"[<" * 4000 + b"\r\n\r\nhi",
    "two senders": b"From: b@c.example\r\n" + HEAD + b"\r\nhi",
    "remarks in the media type": of(b"Content-Type", b"(" * 7900),
    "an open quote in the media type": of(b"Content-Type", b'multipart/x; boundary="\\' * 2000),
    "parameters in pieces": of(b"Content-Type", b"text/plain; " + b"a*0=b;" * 1300),
    "encoded words": b"Subject: " + b"=?utf-8?b?AAAA?= " * 450 + b"\r\n\r\nhi",
    "an encoded word of a square": b"Subject: =?punycode?q?" + b"a-" * 3000 + b"?=\r\n\r\nhi",
    "an encoded line break": of(b"Subject", b"=?utf-8?q?a=0D=0ABcc:_x@y.example?="),
    "NUL in a header": b"Subject: a\0b\r\n" + HEAD + b"\r\nhi",
    "NUL in the text": HEAD + b"\r\nhi\0there\x01\x0b\x1b[2J",
    "no charset of text": HEAD + b"Content-Type: text/plain; charset=zlib_codec\r\n\r\nhi",
    "a charset of a square": HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\n"
    + b"a-b" * 300_000,
    "bytes that do not fit": HEAD + b"Content-Type: text/plain; charset=\xff\r\n\r\nh\xff\xfei",
    "half of UTF-16": HEAD + b"Content-Type: text/plain; charset=utf-16\r\n\r\n\x00\xd8",
    "bad base64": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n!!!!=A=B",
    "bad uuencode": HEAD + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 666 x\r\nM\xff",
    "elements in elements": HTML + b"<div>" * 200_000,
    "quotations in quotations": HTML + b"<blockquote>" * 80_000,
    "formatting in formatting": HTML + b"<b><i><u>" * 100_000,
    "tables in tables": HTML + b"<table><tr><td>" * 60_000,
    "a tag without end": HTML + b"<a " * 300_000,
    "scripts": HTML + b"<p onclick=x>Hi<script>alert(1)</script><img src=//x.example/t.png></p>",
    "authentication without end": of(b"Authentication-Results", b"(" * 7000),
}  # fmt: skip
