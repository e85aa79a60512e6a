import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls'

// self-signed, for dashscope.example, pictures.example and bucket.example: it opens nothing but these tests
const cert = `-----BEGIN CERTIFICATE-----
MIIBzjCCAXOgAwIBAgIUAy3NscC8WNHC8Foc1aLGTTM81TwwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPcmVzdHlsZSBzYW5kYm94MCAXDTI2MTEyNTE3NTExM1oYDzIx
MjYxMTAxMTc1MTEzWjAaMRgwFgYDVQQDDA9yZXN0eWxlIHNhbmRib3gwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAASSobd77hdfz7eslTCmWvBMm/LSmLBiaKYI0gx0
B9+Kwz0jIXCcCBNY/qZQSeuldakkG5rrBs5iW5fjOoqGEdDwo4GUMIGRMB0GA1Ud
DgQWBBRCvB76mnEYTjtO0hVBq1huiR2WwTAfBgNVHSMEGDAWgBRCvB76mnEYTjtO
0hVBq1huiR2WwTAPBgNVHRMBAf8EBTADAQH/MD4GA1UdEQQ3MDWCEWRhc2hzY29w
ZS5leGFtcGxlghBwaWN0dXJlcy5leGFtcGxlgg5idWNrZXQuZXhhbXBsZTAKBggq
hkjOPQQDAgNJADBGAiEA14h56Opw10TvXh6WaCsT2lrGHa6yAQA5Chl9ncR+ja4C
IQCeX2BRcdleLqZsOcvjySTBLcQWICJH5DFyyfWZm9O5Xw==
-----END CERTIFICATE-----`
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgsMhIG8K1NdPqLyb/
NvYBxnU6rVn1CJR3lobEL11NdauhRANCAASSobd77hdfz7eslTCmWvBMm/LSmLBi
aKYI0gx0B9+Kwz0jIXCcCBNY/qZQSeuldakkG5rrBs5iW5fjOoqGEdDw
-----END PRIVATE KEY-----`

/** Trusts the certificate of these tests in this process; undo with what it gives. */
export function trustTestCertificate(): () => void {
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, cert])
  return () => setDefaultCACertificates(before)
}

/** Speaks TLS before a plain server on 127.0.0.1. */
export async function startTls(toPort: number): Promise<{ port: number; stop: () => Promise<void> }> {
  const server = createServer({ cert, key }, (socket) => {
    const inner = connect(toPort, '127.0.0.1')
    for (const [one, other] of [
      [socket, inner],
      [inner, socket],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
      one.pipe(other)
    }
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    stop: async () => {
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}
