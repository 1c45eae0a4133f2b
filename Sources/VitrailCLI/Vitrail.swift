@main struct Vitrail { static func main() {} }
