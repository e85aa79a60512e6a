import { faultOfSignedAddress } from './signed-address.ts'

describe('a signed address', () => {
  it.each([
    'https://photos.s3.eu-central-1.amazonaws.com/a.jpg?X-Amz-Signature=1',
    'https://photos.s3.oss-cn-hangzhou.aliyuncs.com/a.jpg',
    'http://203.107.1.1:9000/photos/a.jpg',
    'https://cdn.example.com/photos/internal.jpg',
    'https://international.example.com/a.jpg',
  ])('may be opened from the internet at %s', (address) => {
    expect(faultOfSignedAddress(address, 'photos')).toBeUndefined()
  })

  it('is judged by its server, whatever the bucket is called', () => {
    const address = 'https://private.photos-internal.s3.amazonaws.com/a.jpg'
    expect(faultOfSignedAddress(address, 'private.photos-internal')).toBeUndefined()
  })

  it.each([
    ['http://minio:9000/photos/a.jpg', /^minio is not on the public internet$/],
    ['http://127.0.0.1:9000/photos/a.jpg', /is not on the public internet/],
    ['http://192.168.1.7/photos/a.jpg', /is not on the public internet/],
    ['http://[fd00::1]/photos/a.jpg', /is not on the public internet/],
    ['http://photos.localhost:9000/a.jpg', /is not on the public internet/],
    ['http://minio.storage.svc.cluster.local/a.jpg', /is not on the public internet/],
    ['http://nas.lan/photos/a.jpg', /nas\.lan is a name that only a private network knows/],
    ['https://photos.s3.oss-cn-hangzhou-internal.aliyuncs.com/a', /is the name of a host inside a cloud/],
    ['https://photos.vpc100-oss-cn-beijing.aliyuncs.com/a', /inside a cloud/],
    ['https://photos.tos-s3-cn-beijing.ivolces.com/a', /inside a cloud/],
    ['https://photos.cos-internal.ap-guangzhou.tencentcos.cn/a', /inside a cloud/],
    ['https://s3.private.us-south.cloud-object-storage.appdomain.cloud/photos/a', /inside a cloud/],
    ['https://photos.bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com/a', /inside a cloud/],
  ])('cannot be opened from the internet at %s', (address, fault) => {
    expect(faultOfSignedAddress(address, 'photos')).toMatch(fault)
  })
})
