"""HTTP calls to a gateway on loopback; httpx, but for what it does again for every call."""

import ssl
from functools import partial

import httpx

# Of its own httpx makes one for each call, and reads the machine's authorities for it: 40 ms.
_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

get = partial(httpx.get, verify=_TLS)
post = partial(httpx.post, verify=_TLS)
put = partial(httpx.put, verify=_TLS)
request = partial(httpx.request, verify=_TLS)
