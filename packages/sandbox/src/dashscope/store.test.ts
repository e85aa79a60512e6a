import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDrawer } from './store.ts'

let dir = ''
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'restyle-drawer-'))
})
afterAll(() => rm(dir, { recursive: true }))

describe('a drawer on disk', () => {
  it.each([
    [
      'of an upload for a row of a batch',
      `dashscope-instant/${'a'.repeat(120)}/${'b'.repeat(36)}/${'c'.repeat(115)}.jpg`,
    ],
    ['that would lead out of it', '../../.hidden/x'],
    ['with letters of all kinds', 'Lampe è 灯/a b%.png'],
  ])('keeps a name %s', async (_, name) => {
    const drawer = openDrawer(dir, 'uploads')
    drawer.put(name, Buffer.from('bytes'))
    expect(openDrawer(dir, 'uploads').get(name)?.toString()).toBe('bytes')
    expect(drawer.names()).toEqual([name])
    expect(await readdir(dir)).toEqual(['uploads'])
    drawer.drop(name)
    expect(drawer.get(name)).toBeUndefined()
    expect(drawer.names()).toEqual([])
  })
})
