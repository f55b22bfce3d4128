// What comes with `import Lathe`: pictures, the precision of products, and settings of other targets.

@_exported public import Arrays
@_exported public import Images
@_exported public import enum Distillation.SymmetryChoice
