export { createAuthority, issueCertificate, newKeys } from '#simulator/certificates.ts'
