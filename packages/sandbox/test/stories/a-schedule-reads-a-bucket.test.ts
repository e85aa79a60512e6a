import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { createClient } from '@restyle/client/client'
import { startWorld, type World } from '../../src/world/start-world.ts'
import { draw, until } from './story.ts'

let world: World
let s3: S3Client
beforeAll(async () => {
  world = await startWorld({ speed: 400, sources: 'photos' })
  const { S3_ACCESS_KEY_ID: accessKeyId = '', S3_SECRET_ACCESS_KEY: secretAccessKey = '' } = world.env
  const credentials = { accessKeyId, secretAccessKey }
  s3 = new S3Client({ endpoint: world.s3.url, region: 'us-east-1', credentials, forcePathStyle: true })
})
afterAll(async () => {
  s3.destroy()
  await world.stop()
})

it('runs the catalog and the pictures of a bucket beside its own, as docs/schedules.md says of npm start', async () => {
  const put = (Key: string, Body: string | Buffer) =>
    s3.send(new PutObjectCommand({ Bucket: 'photos', Key, Body }))
  await put('lamp.png', await draw(40))
  await put('catalog.csv', 'sku,image,title\n1,lamp.png,lamp\n')
  const client = createClient({ url: world.url, key: world.apiKey })
  await client.schedules.set('nightly', {
    cron: '0 22 * * *',
    timeZone: 'Europe/Paris',
    manifest: 's3://photos/catalog.csv',
    prompt: 'the {{title}} on a light oak table',
    size: '768*768',
  })
  await client.schedules.run('nightly')
  const event = await until(async () => {
    for await (const { events } of client.events.pages()) {
      const ended = events.find(({ type }) => type.startsWith('restyle.edit.'))
      if (ended !== undefined || events.length === 0) return ended
    }
    return undefined
  })
  expect(event).toMatchObject({
    type: 'restyle.edit.succeeded',
    data: { key: '1', prompt: 'the lamp on a light oak table' },
  })
})
