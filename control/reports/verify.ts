import { join } from 'node:path'
import type { Reads } from '#control/database/reads.ts'
import { openArchive, type FileKind } from './archive.ts'

/** A file of a report that is not what was archived. */
export type ArchiveFault = { id: string; file: FileKind; state: 'changed' | 'gone' }

/** Where the files of reports lie. */
export const archiveFolder = (dataFolder: string): string => join(dataFolder, 'reports')

/** Every archived file against its hash; changes nothing, so it may run beside a running platform. */
export function verifyArchive(control: Reads, dataFolder: string): { reports: number; faults: ArchiveFault[] } {
  const archive = openArchive(archiveFolder(dataFolder))
  const rows = control.all<{
    id: string
    pdf_hash: string
    docx_hash: string
  }>('SELECT id, pdf_hash, docx_hash FROM reports ORDER BY seq')
  const faults = rows.flatMap((row) =>
    (['pdf', 'docx'] as const).flatMap((file): ArchiveFault[] => {
      const state = archive.check(file, file === 'pdf' ? row.pdf_hash : row.docx_hash)
      return state === 'whole' ? [] : [{ id: row.id, file, state }]
    })
  )
  return { reports: rows.length, faults }
}
