import { networkInterfaces } from 'node:os'

type Addresses = () => readonly { address: string; family: string; internal: boolean }[]
const own: Addresses = () => Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])

/**
 * Where senders reach listeners bound to `host`: bound to every address, it is the name in the public URL, else the first
 * address of this machine; '' when it has none.
 */
export function reachedAt(host: string, publicUrl: string, addresses: Addresses = own): string {
  if (!['0.0.0.0', '::', '[::]', ''].includes(host)) return host
  if (publicUrl !== '') return new URL(publicUrl).hostname
  const outside = addresses().filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
  return (outside.find(({ family }) => family === 'IPv4') ?? outside[0])?.address ?? ''
}
