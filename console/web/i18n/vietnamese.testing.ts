import { language } from './text.svelte.ts'
import { vi } from './vi.ts'

/** Tests begin in Vietnamese, as a browser does. */
export const inVietnamese = () => language.show('vi', vi)
inVietnamese()
