import { z } from 'zod'
import { faultsOfStore } from './store/store-env.ts'
import { port, readEnv, wholeNumber } from './read-env.ts'
import { sharedEnv } from './shared-env.ts'

const schema = z.object(sharedEnv)

describe('readEnv', () => {
  it('fills in what is not said', () => {
    expect(readEnv(schema, { S3_BUCKET: 'b' })).toEqual({
      REDIS_URL: 'redis://127.0.0.1:6379',
      RESTYLE_PREFIX: '{restyle}',
      RESTYLE_WEBHOOK_RANGES: [],
      S3_BUCKET: 'b',
      S3_REGION: 'us-east-1',
      S3_CREATE_ONCE: 'if-none-match',
      S3_FORCE_PATH_STYLE: false,
      LOG_LEVEL: 'info',
    })
  })

  it('takes an empty variable for one that is not set', () => {
    const env = { S3_BUCKET: 'b', S3_ENDPOINT: '', LOG_LEVEL: '', S3_REGION: undefined }
    expect(readEnv(schema, env)).toEqual(readEnv(schema, { S3_BUCKET: 'b' }))
    expect(() => readEnv(schema, { S3_BUCKET: '' })).toThrow('S3_BUCKET: is needed')
  })

  it('takes blanks around a value away, as a file leaves them, and refuses quotation marks once', () => {
    expect(readEnv(schema, { S3_BUCKET: ' b\n', S3_REGION: ' ' })).toEqual(
      readEnv(schema, { S3_BUCKET: 'b' }),
    )
    const read = () => readEnv(schema, { S3_BUCKET: 'b', REDIS_URL: '"redis://h"', S3_REGION: "'eu'" })
    expect(read).toThrow(
      /^the environment does not fit:\n {2}REDIS_URL: stands in quotation marks.*\n {2}S3_REGION: stands.*$/,
    )
  })

  it('reads a switch as people write it', () => {
    const read = (text: string) => readEnv(schema, { S3_BUCKET: 'b', S3_FORCE_PATH_STYLE: text })
    expect(['true', '1', 'yes'].map((text) => read(text).S3_FORCE_PATH_STYLE)).toEqual([true, true, true])
    expect(read('false').S3_FORCE_PATH_STYLE).toBe(false)
    expect(() => read('perhaps')).toThrow('S3_FORCE_PATH_STYLE')
  })

  it.each(['abc', '-1', '65536', '80.5'])('says what is expected where a port is %s', (PORT) =>
    expect(() => readEnv(z.object({ PORT: port(8080) }), { PORT })).toThrow(
      'PORT: must be a whole number from 0 to 65535',
    ),
  )

  it('says what is expected where a count is none', () =>
    expect(() => readEnv(z.object({ N: wholeNumber(1) }), { N: 'many' })).toThrow(
      'N: must be a whole number from 1 on',
    ))

  it('tells every fault at once, a line each, and repeats no value', () => {
    const env = { REDIS_URL: 'sk-secret', RESTYLE_PREFIX: 'restyle', S3_ENDPOINT: 'x', LOG_LEVEL: 'loud' }
    const read = () => readEnv(schema, env)
    expect(read).toThrow(expect.objectContaining({ code: 'BadConfiguration' }))
    expect(read).toThrow(
      /REDIS_URL: .*\n.*RESTYLE_PREFIX: .*\n.*S3_BUCKET: .*\n.*S3_ENDPOINT: .*\n.*LOG_LEVEL: /,
    )
    expect(read).not.toThrow(/sk-secret/)
  })
})

describe('the variables of the bucket', () => {
  const read = (env: Record<string, string>) => () =>
    readEnv(schema, { S3_BUCKET: 'photos', ...env }, faultsOfStore)

  it.each([
    ['S3_ENDPOINT', 'minio:9000', /S3_ENDPOINT: must begin with http:\/\/ or https:\/\//],
    ['S3_ENDPOINT', 'https://', /S3_ENDPOINT: is not an address/],
    ['S3_ENDPOINT', 'https://key:secret@s3.example.com', /S3_ENDPOINT: must be a host/],
    ['S3_PUBLIC_ENDPOINT', 's3.example.com', /S3_PUBLIC_ENDPOINT: must begin with http/],
    ['S3_CREATE_ONCE', 'maybe', /S3_CREATE_ONCE: .*"if-none-match"\|"oss"/],
    ['S3_ACCESS_KEY_ID', 'AK', /S3_SECRET_ACCESS_KEY: is needed beside S3_ACCESS_KEY_ID/],
    ['S3_SECRET_ACCESS_KEY', 'secret', /S3_ACCESS_KEY_ID: is needed beside S3_SECRET_ACCESS_KEY/],
    [
      'S3_ENDPOINT',
      'https://photos.oss-cn-hangzhou.aliyuncs.com',
      /S3_ENDPOINT: must not begin with the name/,
    ],
    ['S3_ACCESS_KEY_ID', 'AK 1', /S3_ACCESS_KEY_ID: holds a blank/],
    ['S3_SECRET_ACCESS_KEY', 'gehéim', /S3_SECRET_ACCESS_KEY: holds .* a sign that no key has/],
    ['RESTYLE_RECEIPTS', 'off', /RESTYLE_RECEIPTS: is S3_CREATE_ONCE=off now, which both apps read/],
  ])('are refused with %s=%s', (name, value, said) => {
    expect(read({ [name]: value })).toThrow(said)
  })

  it.each([
    { S3_ENDPOINT: 'http://minio:9000/' },
    { S3_ENDPOINT: 'https://s3.oss-cn-hangzhou-internal.aliyuncs.com', S3_CREATE_ONCE: 'oss' },
    { S3_ENDPOINT: 'https://x.supabase.co/storage/v1/s3', S3_PUBLIC_ENDPOINT: 'https://photos.example.com' },
    { S3_ACCESS_KEY_ID: 'AK', S3_SECRET_ACCESS_KEY: 'secret', RESTYLE_RECEIPTS: 'on' },
  ])('are taken as %j', (env: Record<string, string>) => {
    expect(read(env)).not.toThrow()
  })

  it('tell all their faults at once, beside those of single variables', () => {
    expect(read({ S3_ENDPOINT: 'minio:9000', S3_ACCESS_KEY_ID: 'AK', LOG_LEVEL: 'loud' })).toThrow(
      /S3_ENDPOINT: [^]*LOG_LEVEL: [^]*S3_SECRET_ACCESS_KEY: /,
    )
  })
})
