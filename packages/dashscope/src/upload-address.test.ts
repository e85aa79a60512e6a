import { folderOfUploads, readUploadAddress, uploadEndsAt } from './upload-address.ts'

const at = (text: string) => Date.parse(text)
const account = 'dashscope-instant/6ce1b910bd8d28d46d97822fa04e1721'

describe('the address of an upload', () => {
  it.each(['2026-03-02', '20260302'])('tells the account and the day in Beijing: %s', (day) => {
    const read = readUploadAddress(`oss://${account}/${day}/5f723bc3-1015-94a7/lamp.jpg`)
    expect(read).toEqual({ folder: account, from: at('2026-03-01T16:00Z'), to: at('2026-03-02T16:00Z') })
    expect(folderOfUploads(`${account}/${day}/5f723bc3-1015-94a7`)).toBe(account)
  })

  it.each([
    'oss://photos/lamp.jpg',
    `oss://${account}/lamp.jpg`,
    `oss://${account}/2026-13-40/x/lamp.jpg`,
    `oss://${account}/2026-03-02/lamp.jpg`,
    `https://${account}/2026-03-02/x/lamp.jpg`,
    '',
  ])('is none of %s', (address) => {
    expect(readUploadAddress(address)).toBeUndefined()
  })

  it('is over 48 hours after its day, and 48 hours after it was seen where that is sooner', () => {
    const upload = { folder: account, from: at('2026-03-01T16:00Z'), to: at('2026-03-02T16:00Z') }
    expect(uploadEndsAt(upload, at('2026-03-02T10:00Z'))).toBe(at('2026-03-04T10:00Z'))
    expect(uploadEndsAt(upload, at('2026-03-03T10:00Z'))).toBe(at('2026-03-04T16:00Z'))
  })
})
