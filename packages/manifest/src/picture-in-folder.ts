import type { NamedPicture } from './check-row.ts'
import { shown } from './manifest.ts'

/**
 * What a relative path means in a catalog whose `folder` is an address (`s3://bucket/photos/`, `https://host/photos/`): an address
 * below it. In a folder of this machine it stays a path.
 */
export function inFolder(folder: string, named: NamedPicture): NamedPicture {
  if (named.kind !== 'path' || !/^(s3|https?):\/\//.test(folder)) return named
  const steps: string[] = []
  for (const step of named.path.replaceAll('\\', '/').split('/')) {
    if (step === '..' && steps.length === 0) return leadsOut(named.path, folder)
    if (step === '..') steps.pop()
    else if (step !== '.' && step !== '') steps.push(step)
  }
  if (named.path.startsWith('/')) return leadsOut(named.path, folder)
  const isWeb = !folder.startsWith('s3:')
  return {
    kind: 'address',
    address: `${folder}${steps.map((step) => (isWeb ? encodeURIComponent(step) : step)).join('/')}`,
  }
}

const leadsOut = (path: string, folder: string): NamedPicture => ({
  kind: 'fault',
  detail: `${shown(path)} leads outside ${shown(folder)}; write its whole address`,
})
