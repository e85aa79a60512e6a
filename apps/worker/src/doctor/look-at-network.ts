import type { Region } from '@restyle/dashscope/model'
import { lookAtHost } from '@restyle/shared/net/look-at-host'
import { type ProxySettings, proxyText } from '@restyle/shared/net/proxy-settings'
import type { TrustedRange } from '@restyle/shared/net/trusted-ranges'
import { type Finding, ok, refuse, warn } from './finding.ts'

/** A host of each region's results (docs/dashscope.md §2): which one it is does not matter to a resolver that makes answers up. */
const resultHosts: Readonly<Partial<Record<Region, string>>> = {
  beijing: 'dashscope-result-sh.oss-cn-shanghai.aliyuncs.com',
  singapore: 'oss-ap-southeast-1.aliyuncs.com',
}

/** Whether images could be fetched from here: the proxies, and where our resolver leads the names of result hosts. */
export async function lookAtNetwork(
  { proxies, unheededProxies }: { proxies: ProxySettings; unheededProxies: readonly string[] },
  regions: readonly Region[],
  guard: { trusted: readonly TrustedRange[] } & Pick<Parameters<typeof lookAtHost>[1] & object, 'lookup'>,
): Promise<Finding[]> {
  const proxy = proxyText(proxies)
  const about = [
    ...unheededProxies.map((said) => warn('proxy', said)),
    ...(proxy === undefined
      ? []
      : [ok('proxy', `the vendor, its results and the bucket are reached through ${proxy}`)]),
  ]
  // a proxy resolves names by itself
  if (proxies.httpsProxy !== '') return about
  const hosts = [...new Set(regions.flatMap((region) => resultHosts[region] ?? []))]
  return [...about, ...(await Promise.all(hosts.map((host) => lookAtResults(host, guard))))]
}

async function lookAtResults(host: string, guard: Parameters<typeof lookAtHost>[1]): Promise<Finding> {
  const found = await lookAtHost(host, guard)
  switch (found.kind) {
    case 'open':
      return ok('results', found.trusted ? `${host} leads into a range that is trusted` : `${host} is found`)
    case 'refused':
      return refuse('results', `every image would be refused after it was paid: ${found.hint}`)
    case 'unresolved':
      return warn('results', `${host} is not found (${found.code}): look at the DNS of this machine`)
  }
}
