import type { Row } from '@restyle/manifest/manifest'
import { placedRows } from './placed-rows.ts'

async function place(cell: string, folder: string): Promise<string | undefined> {
  const rows = (async function* (): AsyncGenerator<Row> {
    yield { number: 2, cells: new Map(), images: [{ field: 'image', address: cell }], own: {} }
  })()
  for await (const { images } of placedRows(rows, folder, 0)) return images[0]?.address
  return undefined
}

describe('a relative picture of a manifest elsewhere', () => {
  it.each([
    ['mugs/a.jpg', 's3://photos/spring/', 's3://photos/spring/mugs/a.jpg'],
    ['./a.jpg, b.jpg', 's3://photos/spring/', 's3://photos/spring/a.jpg\ns3://photos/spring/b.jpg'],
    ['mugs\\a.jpg', 's3://photos/', 's3://photos/mugs/a.jpg'],
    ['Tasse 1.jpg', 'https://cdn.example.com/c/', 'https://cdn.example.com/c/Tasse%201.jpg'],
    ['https://x.example.com/a.jpg', 's3://photos/', 'https://x.example.com/a.jpg'],
    ['s3://other/a.jpg', 's3://photos/', 's3://other/a.jpg'],
    // what leads out of the folder is refused later, as it is written
    ['../secret/a.jpg', 's3://photos/spring/', '../secret/a.jpg'],
    ['a/../../b.jpg', 's3://photos/spring/', 'a/../../b.jpg'],
    ['/etc/passwd', 's3://photos/spring/', '/etc/passwd'],
    ['www.example.com/a.jpg', 's3://photos/', 'www.example.com/a.jpg'],
  ])('%s beside %s is %s', async (cell, folder, address) => {
    expect(await place(cell, folder)).toBe(address)
  })
})
