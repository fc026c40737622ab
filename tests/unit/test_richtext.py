import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.richtext import from_html, from_plain
from gateway.text import is_text


def test_html_is_kept_as_given_and_the_sample_of_the_source_gives_two_lines_a5():
    text = from_html("Hello\n<br />\nWorld23")
    assert text.html == "Hello\n<br />\nWorld23"
    assert text.plain == "Hello\nWorld23"


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("one<br>two<BR/>three</br>four", "one\ntwo\nthree\nfour"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("above<hr>below", "above\nbelow"),
        ("a <b>bold</b>  \n word", "a bold word"),
        ("  lead <br> trail  ", "lead\ntrail"),
        ("<br><br>a<br><br>b<br>", "a\n\nb"),
        ("1 &lt; 2 &amp;&nbsp;3", "1 < 2 & 3"),
        ("<a href='x>y'>link</a>", "link"),
        ("<p don't>Hello</p>", "Hello"),
        ("<!-- <b>unseen</b> -->seen<![CDATA[x]]>", "seen"),
        ("<style>p {}</style><script>a < b</script>text", "text"),
        ("<html><head><title>T</title><body>body", "body"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("", ""),
        ("<p> </p>", ""),
    ],
)
def test_tags_go_and_line_ends_and_text_stay_st2(markup: str, plain: str):
    assert from_html(markup).plain == plain


def test_plain_text_is_kept_and_its_html_is_escaped_with_line_breaks_st2():
    text = from_plain('a < b & "c"\r\nd\ne\rf')
    assert text.plain == 'a < b & "c"\r\nd\ne\rf'
    assert text.html == 'a &lt; b &amp; "c"<br />d<br />e<br />f'


def test_a_derived_html_gives_its_plain_text_back():
    assert from_html(from_plain("a < b\nc & d").html).plain == "a < b\nc & d"


@pytest.mark.parametrize(
    "part",
    ["<a ", "<!--", "<![", "</", "<", "&", '<a x="', "<script>", "<?", "&#1", "<a =' =\" ", "<br>"],
)
@pytest.mark.timeout(60)
def test_markup_that_never_ends_takes_linear_time(part: str):
    # In quadratic time this would be hours; the time-out of the test is the verdict.
    from_html((part * 300_000)[:300_000])


def test_a_number_of_any_length_is_read():
    assert from_html(f"&#{'9' * 10_000};").plain == "\N{REPLACEMENT CHARACTER}"
    assert from_html(f"&#{'0' * 10_000}65;").plain == "A"


@given(st.text(alphabet="<>/!-ab =\"'&#x;01 \nbr", max_size=40))
def test_whatever_is_sent_the_plain_text_can_stand_in_xml(markup: str):
    text = from_html(markup)
    assert text.html == markup
    assert is_text(text.plain)
    assert text.plain == text.plain.strip("\n")
