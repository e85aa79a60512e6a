import { resultAddresses } from './result-addresses.ts'

const query = '?Expires=1&OSSAccessKeyId=a&Signature=b%2Bc%3D'

describe('the addresses of a result', () => {
  it.each([
    ['https alone', `https://a.oss-cn-shanghai.aliyuncs.com/1.png${query}`, ['https']],
    [
      'https first, for an object store that has it',
      `http://a.oss-cn-shanghai.aliyuncs.com/1.png${query}`,
      ['https', 'http'],
    ],
    [
      'https last, for a host that we do not know',
      `http://pictures.example/1.png${query}`,
      ['http', 'https'],
    ],
    ['as they are, with a port', `http://pictures.example:9000/1.png${query}`, ['http']],
    ['as they are, by number', `http://47.95.0.1/1.png${query}`, ['http']],
    ['as they are, by a long number', `http://[2606:4700::1111]/1.png${query}`, ['http']],
    ['none, of another kind', 'ftp://pictures.example/1.png', []],
    ['none, of nonsense', 'nonsense', []],
  ])('are %s', (_, url, schemes) => {
    const rest = url.replace(/^\w+:/, '')
    expect(resultAddresses(url)).toEqual(schemes.map((scheme) => `${scheme}:${rest}`))
  })
})
