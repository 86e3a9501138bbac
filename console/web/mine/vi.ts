/** Words of an owner's page. */
export const vi = {
  'mine.title': 'Đơn vị của tôi',
  'mine.quiet': 'Không có cảnh báo nào đang mở.',
  'mine.open': (_n: number, shown: string) => `${shown} cảnh báo đang mở, trung tâm SOC đang theo dõi cùng đơn vị.`,
  'mine.alerts': 'Cảnh báo đang mở',
  'mine.all': 'Xem tất cả cảnh báo',
  'mine.empty': 'Không có cảnh báo nào đang mở',
  'mine.empty.how': 'Khi một luật khớp với nhật ký của đơn vị, cảnh báo hiện ở đây ngay.',
  'mine.sources': 'Nguồn nhật ký',
  'mine.noSources': 'Chưa có nguồn nào của đơn vị gửi về. Liên hệ trung tâm SOC để khai báo nguồn.',
  'mine.units': 'Hiện trạng đơn vị',
  'mine.tasks': 'Việc cần xử lý',
  'mine.tasks.none': 'SOC không yêu cầu việc gì',
  'mine.tasks.how':
    'Khi SOC cần đơn vị làm gì, việc đó hiện ở đây với hạn trả lời; đầu mối cũng nhận tin nhắn có liên kết.',
  'mine.tasks.open': (n: number) => `${n} việc cần xử lý`,
  'mine.tasks.ended': 'Việc đã kết thúc',
  'mine.systems': 'Hệ thống của đơn vị',
  'mine.systems.none': 'Danh mục chưa ghi hệ thống nào do đơn vị phụ trách.',
  'mine.contacts': 'Đầu mối của đơn vị',
  'mine.contacts.none': 'Chưa có đầu mối: SOC không biết nhắn cho ai. Báo quản trị SOC để thêm.'
}
