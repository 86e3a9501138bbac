import { open, statfs } from 'node:fs/promises'

/** The few acts on files whose failure matters; tests hand in a disk that fails. */
export type Disk = {
  open(path: string, flags: string): Promise<DiskFile>
  /** Free bytes for an ordinary user on the volume of this path. */
  free(path: string): Promise<number>
}
export type DiskFile = {
  write(bytes: Buffer, at: number): Promise<void>
  /** fdatasync: data and the length of the file. */
  sync(): Promise<void>
  truncate(size: number): Promise<void>
  close(): Promise<void>
}

export const systemDisk: Disk = {
  async open(path, flags) {
    const file = await open(path, flags, 0o600)
    return {
      async write(bytes, at) {
        for (let done = 0; done < bytes.length;) {
          const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done)
          done += bytesWritten
        }
      },
      sync: () => file.datasync(),
      truncate: (size) => file.truncate(size),
      close: () => file.close()
    }
  },
  async free(path) {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  }
}
