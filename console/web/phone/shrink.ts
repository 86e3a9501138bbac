/** Photos above this are made smaller before they travel: a commune's line is slow, and a screen stays readable. */
const SEND_AS_IS_BYTES = 1_500_000
const LONGEST_PX = 2200

/** A photo small enough to send from a phone; everything else, and what the browser cannot read, as it is. */
export async function shrink(file: File): Promise<{ blob: Blob; name: string }> {
  const asIs = { blob: file, name: file.name }
  if (!/^image\/(?:jpeg|png|webp)$/.test(file.type) || file.size <= SEND_AS_IS_BYTES) return asIs
  try {
    const picture = await createImageBitmap(file)
    const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(picture.width * scale)
    canvas.height = Math.round(picture.height * scale)
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.85))
    return blob === null || blob.size >= file.size ? asIs : { blob, name: file.name.replace(/\.\w+$/, '.jpg') }
  } catch {
    return asIs
  }
}
