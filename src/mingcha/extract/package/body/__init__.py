"""What one method does, instruction by instruction. Only a few hundred bodies of a package are ever
looked at this way; everything that concerns all code works on columns."""
