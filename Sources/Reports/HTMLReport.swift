import Mustache

/// The report as one HTML page: no request, no frame, no font; complete without scripts.
///
/// Its one script counts every number again for the time, backend, class and gateway that the reader
/// chooses, from a cube that the page carries.
package enum HTMLReport {
  /// What a page never exceeds, whatever the length of the logs; bytes.
  package static let sizeLimit = 2 << 20

  package static func text(_ report: Report) throws -> String {
    MustacheContentTypes.register(MarkupText(), named: MarkupText.name)
    var library = MustacheLibrary()
    try library.register(Template.count, named: "count")
    try library.register(Template.page, named: "page")
    return library.render(try Page(report), withTemplate: "page") ?? ""
  }
}

/// The parts of a page, kept in the program so that it runs from anywhere.
enum Template {
  static let page = String(decoding: PackageResources.page_mustache, as: UTF8.self)
  static let style = String(decoding: PackageResources.page_css, as: UTF8.self)
  static let script = String(decoding: PackageResources.page_js, as: UTF8.self)

  /// A number with what it answers.
  static let count =
    "{{% CONTENT_TYPE:\(MarkupText.name)}}<data class=\"n\" data-m=\"{{measure}}\" data-q=\"{{ask}}\">{{shown}}</data>"
}
