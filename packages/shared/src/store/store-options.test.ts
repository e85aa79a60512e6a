import { z } from 'zod'
import { readEnv } from '../read-env.ts'
import { sharedEnv } from '../shared-env.ts'
import { storeOptions } from './store-options.ts'

const env = (more: Record<string, string> = {}) =>
  readEnv(z.object(sharedEnv), { S3_BUCKET: 'images', ...more })

describe('storeOptions', () => {
  it('asks AWS and its default chain when only the bucket is named', () => {
    expect(storeOptions(env())).toEqual({
      bucket: 'images',
      region: 'us-east-1',
      forcePathStyle: false,
      createOnce: 'if-none-match',
      proxies: expect.objectContaining({ httpProxy: '', httpsProxy: '' }),
    })
  })

  it('reaches another bucket of the same server with the same key', () => {
    const given = env({
      S3_ENDPOINT: 'http://127.0.0.1:9000',
      S3_REGION: 'cn-beijing',
      S3_ACCESS_KEY_ID: 'id',
      S3_SECRET_ACCESS_KEY: 'secret',
      S3_FORCE_PATH_STYLE: 'true',
    })
    expect(storeOptions(given, 'sources')).toEqual({
      bucket: 'sources',
      region: 'cn-beijing',
      endpoint: 'http://127.0.0.1:9000',
      accessKeyId: 'id',
      secretAccessKey: 'secret',
      forcePathStyle: true,
      createOnce: 'if-none-match',
      proxies: expect.objectContaining({ httpProxy: '', httpsProxy: '' }),
    })
  })

  it('goes through the proxies of the environment, in either spelling', () => {
    const given = env({ https_proxy: 'http://proxy:1', HTTPS_PROXY: 'http://other:2', no_proxy: 'minio' })
    expect(storeOptions(given).proxies).toEqual({
      httpProxy: '',
      httpsProxy: 'http://proxy:1/',
      noProxy: expect.stringMatching(/,minio$/),
    })
  })
})
