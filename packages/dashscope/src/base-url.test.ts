import { judgeBaseUrl } from './base-url.ts'

describe('a base address', () => {
  it.each([
    'https://dashscope.aliyuncs.com/api/v1',
    'https://ws-1.cn-beijing.maas.aliyuncs.com/api/v1/',
    'https://gateway.example/dashscope/api/v1',
    'http://127.0.0.1:8788/api/v1',
  ])('is right as %s', (url) => {
    expect(judgeBaseUrl(url)).toEqual({ kind: 'ok' })
  })

  it.each([
    ['https://dashscope.aliyuncs.com', 'https://dashscope.aliyuncs.com/api/v1'],
    ['https://dashscope.aliyuncs.com/', 'https://dashscope.aliyuncs.com/api/v1'],
    ['https://dashscope.aliyuncs.com/api', 'https://dashscope.aliyuncs.com/api/v1'],
    ['https://dashscope.aliyuncs.com/v1', 'https://dashscope.aliyuncs.com/api/v1'],
    ['https://dashscope.aliyuncs.com/compatible-mode/v1', 'https://dashscope.aliyuncs.com/api/v1'],
    ['https://dashscope.aliyuncs.com/api/v1/tasks', 'https://dashscope.aliyuncs.com/api/v1'],
    [
      'https://dashscope.aliyuncs.com/api/v1/services/aigc/image2image/image-synthesis',
      'https://dashscope.aliyuncs.com/api/v1',
    ],
    ['https://dashscope.aliyuncs.com/api/v1?key=sk-secret', 'https://dashscope.aliyuncs.com/api/v1'],
    ['https://gateway.example/dashscope/compatible-mode/v1', 'https://gateway.example/dashscope/api/v1'],
    ['https://dashscope.aliyuncs.com/API/V1', 'https://dashscope.aliyuncs.com/api/v1'],
    ['https://dashscope-intl.aliyuncs.com/apps/anthropic', 'https://dashscope-intl.aliyuncs.com/api/v1'],
    ['https://gateway.example/dashscope/API/V1', 'https://gateway.example/dashscope/api/v1'],
    ['dashscope.aliyuncs.com/api/v1', 'https://<host>/api/v1'],
  ])('is wrong as %s, and says what to write', (url, instead) => {
    const verdict = judgeBaseUrl(url)
    expect(verdict.kind === 'wrong' && verdict.says.split(': write ')[1]).toBe(instead)
    expect(JSON.stringify(verdict)).not.toContain('sk-secret')
  })

  it('says of the compatible mode what it is', () => {
    expect(judgeBaseUrl('https://dashscope.aliyuncs.com/compatible-mode/v1')).toMatchObject({
      says: expect.stringContaining('OpenAI-compatible'),
    })
  })

  it('must not carry a key', () => {
    const verdict = judgeBaseUrl('https://sk-secret@dashscope.aliyuncs.com/api/v1')
    expect(verdict.kind).toBe('wrong')
    expect(JSON.stringify(verdict)).not.toContain('sk-secret')
  })
})
