import Tensors
import Testing

/// What a scope tells the parameters below it.
@Suite("Sites of parameters")
struct ParameterSiteTests {
  private let store = ParameterStore()

  private func declare(_ scope: ParameterScope) -> Parameter {
    scope.parameter("weight", shape: [2, 3], role: .matrix(.other), initial: .zeros)
  }

  @Test func isInheritedBelow() {
    let encoder = store.root.ofEncoder.of(stack: "encoder", at: .entry)
    let block = encoder["blocks"][block: 3].of(.attention, branch: 1)
    let weight = declare(block["attn"].insideSublayer["qkv"])
    #expect(weight.name == "blocks.3.attn.qkv.weight" && weight.layer == "blocks.3.attn.qkv")
    #expect(weight.role == .matrix(.other) && weight.student == nil)
    let site = weight.site
    #expect(site.owner == .encoder && site.stack == "encoder" && site.stage == .block(3))
    #expect(site.block == 3 && site.sublayer == .attention && site.branch == 1)
    #expect(site.isInsideSublayer && site.norm == nil)
    let norm = declare(block["norm1"].asNorm["layer"]).site
    #expect(norm.norm == "blocks.3.norm1" && !norm.isInsideSublayer && norm.isBeside(site))
  }

  @Test func ofOneSublayerAreBesideEachOther() {
    let block = store.root.ofEncoder.of(stack: "encoder", at: .entry)["blocks"][block: 0]
    let site = block.of(.attention, branch: 0).site
    for other in [
      block.of(.mlp, branch: 0), block.of(.attention, branch: 1), block.of(.attention),
      block.at(.block(1)).of(.attention, branch: 0), block.of(stack: "decoder", at: .block(0)), store.root,
    ] {
      #expect(!other.site.isBeside(site))
    }
    #expect(block.at(.stem).site.isBeside(block.at(.exit).site))
  }

  @Test func isAnObjectivesByDefault() {
    let head = declare(store.root["head"])
    let table = store.root.ofEncoder.parameter("table", shape: [1, 2, 3], role: .positions, initial: .zeros)
    let statistic = store.root.buffer("mean", shape: [3], initial: .zeros)
    #expect(head.site == ParameterSite() && head.site.owner == .objective && head.site.block == nil)
    #expect(statistic.role == .statistic && !statistic.isTrainable)
    #expect(store.parameters(of: .encoder).map(\.name) == ["table"])
    #expect(store.parameters(of: .objective).map(\.name) == ["head.weight", "mean"])
    #expect(store.parameters(of: .encoder)[0] === table && !table.role.isMatrix && head.role.isMatrix)
  }

  /// An encoder below a teacher's scope stays the teacher's.
  @Test func teachersFollow() {
    let student = declare(store.root["head"][0])
    let twin = declare(store.teacher.ofEncoder["head"][0])
    #expect(twin.name == "teacher.head.0.weight" && twin.site.owner == .teacher)
    #expect(twin.student === student && student.student == nil)
  }
}
