import { chooseDelivery } from './choose-delivery.ts'

const bucket = 'photos'

describe('the delivery of source pictures', () => {
  it.each([
    [{}, 'presign'],
    [{ endpoint: 'https://s3.oss-cn-hangzhou.aliyuncs.com' }, 'presign'],
    [{ endpoint: 'http://minio:9000' }, 'upload'],
    [{ endpoint: 'https://s3.oss-cn-hangzhou-internal.aliyuncs.com' }, 'upload'],
    [{ endpoint: 'http://minio:9000', publicEndpoint: 'https://s3.example.com' }, 'presign'],
    [{ endpoint: 'https://s3.example.com', publicEndpoint: 'http://10.0.0.1' }, 'upload'],
  ])('of %j is %s where nobody says otherwise', (options, delivery) => {
    expect(chooseDelivery('auto', { bucket, ...options }).delivery).toBe(delivery)
  })

  it('says why', () => {
    expect(chooseDelivery('auto', { bucket, endpoint: 'http://minio:9000' }).because).toBe(
      'signed addresses cannot be opened from the internet: minio is not on the public internet',
    )
  })

  it.each(['presign', 'upload', 'inline'] as const)('is %s where somebody says so', (wanted) => {
    expect(chooseDelivery(wanted, { bucket, endpoint: 'http://minio:9000' })).toEqual({
      delivery: wanted,
      because: 'RESTYLE_SOURCE_DELIVERY says so',
    })
  })
})
