// What comes with `import Lathe`: pictures, and the precision of products.

@_exported public import Arrays
@_exported public import Images
