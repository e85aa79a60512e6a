import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const client = join(root, 'packages/client')
const exec = promisify(execFile)
const tsc = join(root, 'node_modules/.bin/tsc')

/** Puts the client where a package manager would: as it would be published. */
export async function installPacked(own: string): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'restyle-pack-'))
  await exec('pnpm', ['pack', '--pack-destination', dir], { cwd: client })
  const [packed = ''] = globSync('*.tgz', { cwd: dir })
  await exec('tar', ['-xzf', join(dir, packed), '-C', own, '--strip-components', '1'])
  await rm(dir, { recursive: true })
}

/** The same without packing, and without checking its types once more: two files of tests must not write into one folder. */
export async function installBuilt(own: string): Promise<void> {
  await exec(tsc, ['-p', 'tsconfig.build.json', '--noCheck', '--outDir', join(own, 'dist')], { cwd: client })
  await copyFile(join(client, 'package.json'), join(own, 'package.json'))
}

/** A project that depends on the client, and on nothing else of this repository. */
export async function openProject(install: (own: string) => Promise<void>) {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'restyle-client-')))
  const own = join(dir, 'node_modules/@restyle/client')
  await mkdir(own, { recursive: true })
  await mkdir(join(dir, 'node_modules/@types'))
  await install(own)
  for (const name of Object.keys(await dependenciesOf(own)))
    await symlink(await realpath(join(client, 'node_modules', name)), join(dir, 'node_modules', name))
  await symlink(await realpath(join(root, 'node_modules/@types/node')), join(dir, 'node_modules/@types/node'))
  await writeFile(join(dir, 'package.json'), '{ "type": "module" }')
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable'],
    types: ['node'],
  }
  await writeFile(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  return {
    dir,
    own,
    write: (name: string, content: string | Uint8Array) => writeFile(join(dir, name), content),
    /** Checks the types of all that was written, also those of the client, and makes JavaScript of it. */
    compile: async (): Promise<string> => {
      return exec(tsc, [], { cwd: dir }).then(
        ({ stdout }) => stdout,
        ({ stdout, message }: { stdout?: string; message: string }) => stdout || message,
      )
    },
    /** What a program prints; fails where it ends with another code than 0. */
    run: async (runtime: string, file: string): Promise<string> =>
      (await exec(runtime, [join(dir, file)], { cwd: dir, timeout: 60_000 })).stdout,
    remove: () => rm(dir, { recursive: true }),
  }
}

const dependenciesOf = async (own: string): Promise<Record<string, string>> => {
  const text = await readFile(join(own, 'package.json'), 'utf8')
  return (JSON.parse(text) as { dependencies?: Record<string, string> }).dependencies ?? {}
}
