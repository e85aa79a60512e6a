import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startFakeWorld } from '../../../../apps/cli/test/fake-world.ts'
import { startS3 } from '../../src/s3/start-s3.ts'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'

const docs = readFileSync(join(import.meta.dirname, '../../../../docs/catalogs.md'), 'utf8')
/** Those that send nothing; what is sent again has a story of its own. */
const blocks = [...docs.matchAll(/^```sh\n(.*?)^```/gms)]
  .map(([, text = '']) => text.replaceAll('\\\n', ' ').replaceAll(/ {2,}/g, ' ').trim())
  .filter((text) =>
    text.split('\n').every((line) => !line.startsWith('restyle') || line.endsWith('--dry-run')),
  )

/** The words of a command line, as a shell has them. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')

const a = 'https://a.example.com'
const files: Readonly<Record<string, string>> = {
  'products.csv': [
    'Handle,Title,Image Src,Image Position,Variant SKU',
    `mug,The mug,${a}/1.jpg,1,M-1`,
    'mug,,,,M-2',
    `mug,,${a}/2.jpg,2,`,
  ].join('\n'),
  'flat.txt': [
    'TemplateType=fptcustom\tVersion=2026.1\t',
    'Seller SKU\tTitle\tMain Image URL',
    'item_sku\titem_name\tmain_image_url',
    `A-1\tLamp 12"\t${a}/1.jpg`,
  ].join('\n'),
  'lamps.csv': `sku,image,title\n1,${a}/1.jpg,lamp\n`,
  'catalog.csv': `sku,image,title\n1,${a}/1.jpg,mug\n2,gone.png,cup\n`,
  'catalog.csv.rejects.csv': `row,field,reason,sku,image,title\n3,image,gone.png does not exist,2,${a}/2.jpg,cup\n`,
}

describe('docs/catalogs.md', () => {
  it.each(blocks.map((block) => [block.split('\n').at(-1) ?? '', block] as const))(
    'has a story that runs as it is written: %s',
    async (_, block) => {
      expect(block.split('\n').length).toBeLessThanOrEqual(12)
      const ran: { command: string | undefined; exitCode: number; stderr: string; isPlanned: boolean }[] = []
      const world = await startFakeWorld()
      world.answer = (_seen, response) => {
        response.writeHead(404)
        return {}
      }
      const [accessKeyId, secretAccessKey] = ['AKIDEXAMPLE', 'secret']
      const s3 = await startS3({ accessKeyId, secretAccessKey, buckets: ['shop'] })
      const credentials = { accessKeyId, secretAccessKey }
      const client = new S3Client({
        endpoint: s3.url,
        region: 'us-east-1',
        credentials,
        forcePathStyle: true,
      })
      try {
        for (const [name, text] of Object.entries(files)) await world.write(name, text)
        await client.send(
          new PutObjectCommand({
            Bucket: 'shop',
            Key: 'night/catalog.csv',
            Body: Buffer.from('sku,image,title\n1,photos/1.jpg,mug\n'),
          }),
        )
        const env: Record<string, string> = { RESTYLE_URL: world.url, RESTYLE_API_KEY: 'rk_key_secret' }
        for (const line of block.split('\n')) {
          const [command, ...args] = wordsOf(line)
          if (command === 'export') {
            for (const each of args) env[each.split('=')[0] ?? ''] = each.split('=').slice(1).join('=')
            continue
          }
          // the server of the story is not here, and nor is its region
          const here = { ...env, AWS_ENDPOINT_URL_S3: s3.url, AWS_REGION: 'us-east-1' }
          const aws = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
          const { exitCode, stdout, stderr } = await world.restyle(args, { env: { ...here, ...aws } })
          ran.push({ command, exitCode, stderr, isPlanned: /^(1 edit|2 edits),/m.test(stdout) })
        }
      } finally {
        client.destroy()
        await s3.stop()
        await world.close()
      }
      expect(ran.length).toBeGreaterThan(0)
      for (const each of ran) expect(each).toMatchObject({ command: 'restyle', exitCode: 0, isPlanned: true })
    },
  )

  it('has the stories of shops, of a bucket and of faulty rows', () =>
    expect(blocks.length).toBeGreaterThanOrEqual(4))
})
