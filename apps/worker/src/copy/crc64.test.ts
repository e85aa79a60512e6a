import { crc64 } from './crc64.ts'

describe('crc64', () => {
  it('agrees with the published check value', () => {
    expect(crc64(Buffer.from('123456789'))).toBe(String(0x995dc9bbdf1939fan))
  })

  it('is zero for nothing', () => {
    expect(crc64(Buffer.alloc(0))).toBe('0')
  })
})
