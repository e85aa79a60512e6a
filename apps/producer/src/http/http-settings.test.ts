import { z } from 'zod'
import { readOrigins, readProxyAddresses } from './http-settings.ts'

const origins = z.string().transform(readOrigins)
const proxies = z.string().transform(readProxyAddresses)

describe('the origins of pages', () => {
  it('are read as a browser sends them', () => {
    expect(origins.parse(' https://shop.example, http://localhost:5173 ,')).toEqual([
      'https://shop.example',
      'http://localhost:5173',
    ])
    expect(origins.parse('*')).toEqual(['*'])
    expect(origins.parse('')).toEqual([])
  })

  it.each([
    'shop.example',
    'https://shop.example/',
    'https://shop.example/a',
    'https://*.shop.example',
    'null',
    'ftp://a.example',
  ])('are refused where no browser sends them so: %s', (text) => {
    expect(origins.safeParse(text).error?.issues[0]?.message).toMatch(/^must be origins such as /)
  })
})

describe('the addresses of reverse proxies', () => {
  it('are addresses, networks and a few names', () => {
    const text = 'loopback, 10.0.0.0/8,192.0.2.1, fd00::/8,::1'
    expect(proxies.parse(text)).toEqual(['loopback', '10.0.0.0/8', '192.0.2.1', 'fd00::/8', '::1'])
  })

  it.each(['proxy.example', '10.0.0.0/33', '10.0.0/8', 'fd00::/129', '10.0.0.0/8/8', 'true'])(
    'are nothing else: %s',
    (text) => {
      expect(proxies.safeParse(text).error?.issues[0]?.message).toMatch(/^must be addresses or networks /)
    },
  )
})
